-- Whoever stands behind a listing as a person is private, whatever its kind: a new kind of people needs no new rule here.
alter table listing
  drop constraint listing_labour_is_private,
  drop constraint listing_person_is_labour,
  add constraint listing_person_is_private check (is_public = (person_id is null)),
  add constraint listing_stated_point check (stated_point is null or is_public);
