-- A place on the map, in kilometres of the Mercator projection: it keeps angles, so near a point the order of distances is right,
-- and kilometres on the ground are those on the map times the cosine of the latitude.
create function map_point(lng double precision, lat double precision) returns point
language sql immutable strict parallel safe
as $$
  select point(6371.0088 * radians(lng), 6371.0088 * ln(tan(pi() / 4 + radians(lat) / 2)))
$$;
--> statement-breakpoint
-- Kinds and divisions as search terms beside the pairs of characters: one index lookup for words, kind and place.
create function public_terms(kind text, region text, grams text[]) returns text[]
language sql immutable strict parallel safe
as $$
  select grams || ('#' || kind) || array(
    select '@' || substr(region, 1, digits) from unnest(array[2, 4, 6, 9, 12]) as digits where digits <= length(region)
  )
$$;
--> statement-breakpoint
-- Keeps `published_listing` what it is a copy of, with the rights of whoever changes the listing.
create function publish_changes() returns trigger
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
  end if;
  insert into published_listing
  select n.id, n.region, n.kind, n.owner_id, map_point(n.lng, n.lat), n.available_from, n.available_to, n.price,
         n.search_text, public_terms(n.kind, n.region, n.search_grams), coalesce(n.published_at, n.created_at)
  from new_rows n
  where n.is_public and n.status = 'published'
  on conflict (id) do update set
    region = excluded.region, owner_id = excluded.owner_id, position = excluded.position,
    available_from = excluded.available_from, available_to = excluded.available_to, price = excluded.price,
    search_text = excluded.search_text, terms = excluded.terms, published_at = excluded.published_at;
  return null;
end
$$;
--> statement-breakpoint
create trigger publish_insert after insert on listing referencing new table as new_rows
  for each statement execute function publish_changes();
--> statement-breakpoint
create trigger publish_update after update on listing referencing new table as new_rows
  for each statement execute function publish_changes();
--> statement-breakpoint
create trigger publish_delete after delete on listing referencing old table as old_rows
  for each statement execute function publish_changes();
--> statement-breakpoint
-- What stands already. Even the owner of the tables meets row-level security where it is forced.
alter table listing no force row level security;
--> statement-breakpoint
insert into published_listing
select id, region, kind, owner_id, map_point(lng, lat), available_from, available_to, price, search_text,
       public_terms(kind, region, search_grams), coalesce(published_at, created_at)
from listing where is_public and status = 'published';
--> statement-breakpoint
alter table listing force row level security;
--> statement-breakpoint
-- Everybody may read what is public, whatever his scope: any condition here would keep the planner from the search index.
-- It is written by the triggers alone, and by them where the listing itself may be written. Not audited: the listing is.
alter table published_listing enable row level security;
--> statement-breakpoint
alter table published_listing force row level security;
--> statement-breakpoint
grant select, insert, update, delete on published_listing to gongfang_app;
--> statement-breakpoint
create policy everybody on published_listing for select using (true);
--> statement-breakpoint
create policy adding on published_listing for insert with check (
  pg_trigger_depth() > 0
  and region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
  )
);
--> statement-breakpoint
create policy changing on published_listing for update using (
  pg_trigger_depth() > 0
  and region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
  )
);
--> statement-breakpoint
create policy removing on published_listing for delete using (
  pg_trigger_depth() > 0
  and region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (
    (select current_setting('app.audience', true)) = 'division'
    or owner_id::text = (select current_setting('app.audience', true))
  )
);
