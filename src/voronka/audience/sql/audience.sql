-- Reports read facts from their indexes alone, which needs pages that vacuum has seen; a deal's row changes with every press.
-- Helpers started for a few thousand rows cost more than they bring.
ALTER TABLE audience_dealfact SET (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, parallel_workers = 0);
ALTER TABLE audience_stagetime SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE audience_pressday SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
