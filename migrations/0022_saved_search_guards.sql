-- What somebody looks for is his own: the worker that asks for him, and officials of his division, by the table; by the API only he.
-- The words stay out of the trail.
select guard_business_table('saved_search', 'name', 'query');
--> statement-breakpoint
create policy own on saved_search using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and saved_by = (select current_setting('app.actor', true))
);
--> statement-breakpoint
create policy tenant on saved_search using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
select guard_business_table('search_alert');
--> statement-breakpoint
create policy own on search_alert using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and saved_by = (select current_setting('app.actor', true))
);
--> statement-breakpoint
create policy tenant on search_alert using (
  region >= (select current_setting('app.lo', true)) and region < (select current_setting('app.hi', true))
  and (select current_setting('app.audience', true)) = 'division'
);
--> statement-breakpoint
-- The same with what found listings are counted by.
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
      available_from = n.available_from, available_to = n.available_to, price = n.price, facets = n.facets,
      search_text = n.search_text,
      terms = public_terms(n.kind, n.region, p.number, n.title, n.search_grams, n.price, map_point(n.lng, n.lat)),
      published_at = coalesce(n.published_at, n.created_at)
    from new_rows n
    where p.id = n.id;
  end if;
  -- Only what is new takes a number: one taken for each change would leave the newest blocks empty.
  insert into published_listing (
    id, region, kind, owner_id, position, available_from, available_to, price, facets, search_text, terms, published_at, number
  )
  select n.id, n.region, n.kind, n.owner_id, map_point(n.lng, n.lat), n.available_from, n.available_to, n.price, n.facets,
         n.search_text,
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
-- What stands already; what is copied of it is no change of a listing. The paths are those of the kinds as they are today.
alter table listing no force row level security;
--> statement-breakpoint
alter table published_listing no force row level security;
--> statement-breakpoint
alter table listing disable trigger user;
--> statement-breakpoint
update listing set facets = array(
  select distinct f.facet || ':' || (code #>> '{}')
  from (values
    ('equipment', 'equipment-kind', '$.equipmentKind'), ('expertise', 'expertise-field', '$.field'),
    ('land', 'idle-land-kind', '$.idleLandKind'), ('post', 'skill', '$.skills[*]'),
    ('processing-order', 'skill', '$.needs[*].skill'), ('product-supply', 'product-category', '$.category'),
    ('shared-facility', 'facility-type', '$.facilityType'), ('venue', 'venue-type', '$.venueType'),
    ('workshop', 'workshop-type', '$.workshopType')
  ) as f (kind, facet, path), jsonb_path_query(attributes, f.path::jsonpath) as code
  where f.kind = listing.kind
) where is_public;
--> statement-breakpoint
alter table listing enable trigger user;
--> statement-breakpoint
update published_listing p set facets = l.facets from listing l where l.id = p.id;
--> statement-breakpoint
alter table published_listing force row level security;
--> statement-breakpoint
alter table listing force row level security;
