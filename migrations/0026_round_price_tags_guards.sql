-- Price tags follow from the scenario, the seed and the moves, which the trail knows by their hash: they stay out of it, too.

drop trigger audit_insert on round;
--> statement-breakpoint
drop trigger audit_update on round;
--> statement-breakpoint
drop trigger audit_delete on round;
--> statement-breakpoint
select guard_business_table('round', 'scenario', 'price_tags');
