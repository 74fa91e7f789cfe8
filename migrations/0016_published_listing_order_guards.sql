-- The order of freshness: a listing takes the next number when it is published, and keeps it while it stays so.
create sequence published_listing_numbers;
--> statement-breakpoint
grant usage on sequence published_listing_numbers to gongfang_app;
--> statement-breakpoint
-- Pairs of characters, and each character alone: one index lookup for words of any length.
create function zh_tokens(grams text[]) returns text[]
language sql immutable strict parallel safe
as $$
  select grams || array(
    select distinct single
    from unnest(grams) as gram, unnest(array[left(gram, 1), right(gram, 1)]) as single
    where char_length(gram) = 2 and ascii(gram) > 127 and single <> all (grams)
  )
$$;
--> statement-breakpoint
-- Four steps to the doubling, so that a range of prices is a handful of terms whatever the unit is.
create function price_step(price bigint) returns int
language sql immutable strict parallel safe
as $$
  select floor(4 * ln(greatest(price, 0) + 1) / ln(2))::int
$$;
--> statement-breakpoint
-- Everything that a search asks for is a term of one index, and so is where a row stands in each order; so a search reads what
-- answers it, however many rows hold its words. Words as they are; `!` the same in the title; `#` the kind; `@` the division and
-- each above it; `^` its block of 512 in the order of freshness; `$` the step of its price; `~` its cell of 4 km on the map.
-- src/lists/search asks by the same.
create function public_terms(
  kind text, region text, number bigint, title text, grams text[], price bigint, place point
) returns text[]
language sql immutable parallel safe
as $$
  select zh_tokens(grams)
    || array(select '!' || token from unnest(zh_tokens(zh_bigrams(lower(normalize(title, nfkc))))) as token)
    || ('#' || kind)
    || array(
      select '@' || substr(region, 1, digits) from unnest(array[2, 4, 6, 9, 12]) as digits where digits <= length(region)
    )
    || ('^' || number / 512)
    || case when price is not null then array['$' || price_step(price)] else '{}' end
    || ('~' || floor(place[0] / 4)::int || '.' || floor(place[1] / 4)::int)
$$;
--> statement-breakpoint
drop function public_terms(text, text, text[]);
--> statement-breakpoint
-- Keeps `published_listing` what it is a copy of, with the rights of whoever changes the listing.
create or replace function publish_changes() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'DELETE' then
    delete from published_listing p using old_rows o where p.id = o.id;
    return null;
  end if;
  if tg_op = 'UPDATE' then
    delete from published_listing p using new_rows n
    where p.id = n.id and not (n.is_public and n.status = 'published');
    update published_listing p set
      region = n.region, owner_id = n.owner_id, position = map_point(n.lng, n.lat),
      available_from = n.available_from, available_to = n.available_to, price = n.price, search_text = n.search_text,
      terms = public_terms(n.kind, n.region, p.number, n.title, n.search_grams, n.price, map_point(n.lng, n.lat)),
      published_at = coalesce(n.published_at, n.created_at)
    from new_rows n
    where p.id = n.id;
  end if;
  -- Only what is new takes a number: one taken for each change would leave the newest blocks empty.
  insert into published_listing (
    id, region, kind, owner_id, position, available_from, available_to, price, search_text, terms, published_at, number
  )
  select n.id, n.region, n.kind, n.owner_id, map_point(n.lng, n.lat), n.available_from, n.available_to, n.price, n.search_text,
         public_terms(n.kind, n.region, n.number, n.title, n.search_grams, n.price, map_point(n.lng, n.lat)),
         coalesce(n.published_at, n.created_at), n.number
  from (
    select *, nextval('published_listing_numbers') as number from new_rows
    where is_public and status = 'published' and not exists (select from published_listing p where p.id = new_rows.id)
  ) n;
  return null;
end
$$;
--> statement-breakpoint
-- What stands already. Even the owner of the tables meets row-level security where it is forced.
alter table listing no force row level security;
--> statement-breakpoint
alter table published_listing no force row level security;
--> statement-breakpoint
insert into published_listing (
  id, region, kind, owner_id, position, available_from, available_to, price, search_text, terms, published_at, number
)
select id, region, kind, owner_id, map_point(lng, lat), available_from, available_to, price, search_text,
       public_terms(kind, region, number, title, search_grams, price, map_point(lng, lat)), at, number
from (
  select *, nextval('published_listing_numbers') as number
  from (
    select *, coalesce(published_at, created_at) as at from listing
    where is_public and status = 'published' order by at, id
  ) standing
) numbered;
--> statement-breakpoint
alter table published_listing force row level security;
--> statement-breakpoint
alter table listing force row level security;
--> statement-breakpoint
-- Whole villages lie on one point, so the nearest are many: told apart in the index, without reading their rows.
drop index published_listing_position;
--> statement-breakpoint
create index published_listing_position on published_listing using gist (position) include (id, kind, region);
