BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE change_counter (
	last BIGINT NOT NULL
);
INSERT INTO "change_counter" VALUES(1793000000000000005);
CREATE TABLE destruction (
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	basis VARCHAR NOT NULL, 
	decided_by VARCHAR NOT NULL, 
	chosen VARCHAR NOT NULL, 
	decided_at DATETIME NOT NULL, 
	destroyed_at DATETIME, 
	PRIMARY KEY (sha256)
);
CREATE TABLE fetch_failure (
	system VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	export_date DATE NOT NULL, 
	path VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	first_failed_at DATETIME NOT NULL, 
	last_failed_at DATETIME NOT NULL, 
	PRIMARY KEY (system, unit, export_date, path)
);
INSERT INTO "fetch_failure" VALUES('mcdt-quangtri','H50.105','2026-11-05','','not_reached','timeout','2026-11-06 01:30:07.000000','2026-11-06 01:30:07.000000');
CREATE TABLE file_revision (
	id VARCHAR(16) NOT NULL, 
	system VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	export_date DATE NOT NULL, 
	dataset VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	arrived_at DATETIME NOT NULL, 
	landed_at DATETIME NOT NULL, 
	outcome VARCHAR DEFAULT 'landed' NOT NULL, 
	reason VARCHAR, 
	detail VARCHAR, 
	rows_read INTEGER DEFAULT '0' NOT NULL, 
	rows_accepted INTEGER DEFAULT '0' NOT NULL, 
	rows_quarantined INTEGER DEFAULT '0' NOT NULL, 
	rows_duplicate INTEGER DEFAULT '0' NOT NULL, 
	warnings VARCHAR DEFAULT '' NOT NULL, 
	repeats INTEGER DEFAULT '0' NOT NULL, 
	in_force BOOLEAN DEFAULT 0 NOT NULL, 
	change_no BIGINT DEFAULT '0' NOT NULL, arrival_warnings VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_row_per_revision UNIQUE (system, unit, export_date, dataset, revision), 
	CONSTRAINT rows_balance CHECK (rows_read = rows_accepted + rows_quarantined + rows_duplicate), 
	CONSTRAINT outcome_known CHECK (outcome in ('landed', 'accepted', 'refused')), 
	CONSTRAINT refused_whole CHECK (outcome <> 'refused' or (rows_read = 0 and reason is not null))
);
INSERT INTO "file_revision" VALUES('17c22ca51e74b20f','mcdt-quangtri','H50.101','2026-11-05','dossiers','mcdt-quangtri/H50.101/2026-11-05/dossiers.json',1,'0000000000000000000000000000000000000000000000000000000000000001',101,'2026-11-05 20:01:00.000000','2026-11-06 01:30:00.000000','accepted',NULL,NULL,10,8,1,1,'',0,0,1793000000000000004,'');
INSERT INTO "file_revision" VALUES('286acc82ee061c55','mcdt-quangtri','H50.102','2026-11-05','dossiers','mcdt-quangtri/H50.102/2026-11-05/dossiers.json',1,'0000000000000000000000000000000000000000000000000000000000000002',102,'2026-11-05 20:02:00.000000','2026-11-06 01:30:00.000000','accepted',NULL,NULL,10,8,1,1,'',0,1,1793000000000000002,'');
INSERT INTO "file_revision" VALUES('e890eec1694bb4ba','mcdt-quangtri','H50.103','2026-11-05','dossiers','mcdt-quangtri/H50.103/2026-11-05/dossiers.json',1,'0000000000000000000000000000000000000000000000000000000000000003',103,'2026-11-05 20:03:00.000000','2026-11-06 01:30:00.000000','refused','zero_bytes','0 bytes',0,0,0,0,'two_names',0,0,1793000000000000002,'two_names');
INSERT INTO "file_revision" VALUES('4e63d6c166c4cbbd','mcdt-quangtri','H50.104','2026-11-05','dossiers','mcdt-quangtri/H50.104/2026-11-05/dossiers.json',1,'0000000000000000000000000000000000000000000000000000000000000004',104,'2026-11-05 20:04:00.000000','2026-11-06 01:30:00.000000','landed',NULL,NULL,0,0,0,0,'',0,0,1793000000000000001,'');
INSERT INTO "file_revision" VALUES('558a0a5fcb1715cc','mcdt-quangtri','H50.101','2026-11-05','dossiers','mcdt-quangtri/H50.101/2026-11-05/dossiers.json',2,'0000000000000000000000000000000000000000000000000000000000000005',105,'2026-11-05 20:05:00.000000','2026-11-06 01:30:03.000000','accepted',NULL,NULL,9,9,0,0,'',0,1,1793000000000000004,'');
CREATE TABLE objection_answer (
	unit VARCHAR NOT NULL, 
	objection_number VARCHAR NOT NULL, 
	answer_no INTEGER NOT NULL, 
	decision VARCHAR NOT NULL, 
	decided_by VARCHAR NOT NULL, 
	decided_on DATE NOT NULL, 
	note VARCHAR NOT NULL, 
	PRIMARY KEY (unit, objection_number, answer_no), 
	CONSTRAINT decision_known CHECK (decision in ('upheld', 'rejected', 'partly'))
);
INSERT INTO "objection_answer" VALUES('H50.101','1',1,'upheld','Sở Nội vụ','2026-11-05','đúng');
CREATE TABLE run (
	id INTEGER NOT NULL, 
	command VARCHAR NOT NULL, 
	day_from DATE, 
	day_to DATE, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME, 
	outcome VARCHAR DEFAULT 'running' NOT NULL, 
	summary VARCHAR DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "run" VALUES(1,'run','2026-11-05','2026-11-05','2026-11-06 01:30:09.000000','2026-11-06 01:30:10.000000','finished','{"files_new": 5}');
INSERT INTO "run" VALUES(2,'run','2026-11-05','2026-11-05','2026-11-06 01:30:11.000000',NULL,'running','{}');
CREATE TABLE seen_file (
	path VARCHAR NOT NULL, 
	export_date DATE NOT NULL, 
	fingerprint VARCHAR NOT NULL, sha256 VARCHAR(64), 
	PRIMARY KEY (path)
);
INSERT INTO "seen_file" VALUES('mcdt-quangtri/H50.102/2026-11-05/dossiers.json','2026-11-05','2:1','0000000000000000000000000000000000000000000000000000000000000002');
INSERT INTO "seen_file" VALUES('mcdt-quangtri/H50.103/2026-11-05/dossiers.json','2026-11-05','3:1','0000000000000000000000000000000000000000000000000000000000000003');
INSERT INTO "seen_file" VALUES('mcdt-quangtri/H50.104/2026-11-05/dossiers.json','2026-11-05','4:1','0000000000000000000000000000000000000000000000000000000000000004');
INSERT INTO "seen_file" VALUES('mcdt-quangtri/H50.101/2026-11-05/dossiers.json','2026-11-05','5:1','0000000000000000000000000000000000000000000000000000000000000005');
CREATE TABLE stage_outcome (
	revision_id VARCHAR(16) NOT NULL, 
	stage VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reason VARCHAR, 
	row_count INTEGER DEFAULT '0' NOT NULL, 
	duration_ms INTEGER DEFAULT '0' NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	PRIMARY KEY (revision_id, stage), 
	FOREIGN KEY(revision_id) REFERENCES file_revision (id)
);
INSERT INTO "stage_outcome" VALUES('17c22ca51e74b20f','land','landed',NULL,0,0,'2026-11-06 01:30:01.000000');
INSERT INTO "stage_outcome" VALUES('286acc82ee061c55','land','landed',NULL,0,0,'2026-11-06 01:30:01.000000');
INSERT INTO "stage_outcome" VALUES('e890eec1694bb4ba','land','landed',NULL,0,0,'2026-11-06 01:30:01.000000');
INSERT INTO "stage_outcome" VALUES('4e63d6c166c4cbbd','land','landed',NULL,0,0,'2026-11-06 01:30:01.000000');
INSERT INTO "stage_outcome" VALUES('17c22ca51e74b20f','read','done',NULL,10,5,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('17c22ca51e74b20f','validate','done',NULL,10,7,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('17c22ca51e74b20f','load','done',NULL,10,2,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('286acc82ee061c55','read','done',NULL,10,5,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('286acc82ee061c55','validate','done',NULL,10,7,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('286acc82ee061c55','load','done',NULL,10,2,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('e890eec1694bb4ba','read','refused','zero_bytes',0,3,'2026-11-06 01:30:02.000000');
INSERT INTO "stage_outcome" VALUES('558a0a5fcb1715cc','land','landed',NULL,0,0,'2026-11-06 01:30:04.000000');
INSERT INTO "stage_outcome" VALUES('558a0a5fcb1715cc','read','done',NULL,9,4,'2026-11-06 01:30:05.000000');
CREATE TABLE stray_file (
	path VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	first_seen_at DATETIME NOT NULL, likely VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (path)
);
INSERT INTO "stray_file" VALUES('mcdt-quangtri/H50.101/20261105','unknown_day_folder','2026-11-06 01:30:06.000000','2026-11-05');
CREATE TABLE waiver (
	sha256 VARCHAR(64) NOT NULL, 
	row_number INTEGER NOT NULL, 
	rule VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_by VARCHAR NOT NULL, 
	decided_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256, row_number, rule)
);
INSERT INTO "waiver" VALUES('0000000000000000000000000000000000000000000000000000000000000001',3,'implausible_date','kiểm tra rồi','Nguyễn Thị Duyệt','2026-11-06 01:30:08.000000');
CREATE INDEX file_revision_by_day ON file_revision (export_date, system, unit);
CREATE INDEX file_revision_by_change ON file_revision (change_no);
CREATE INDEX file_revision_by_outcome ON file_revision (outcome);
CREATE INDEX ix_seen_file_export_date ON seen_file (export_date);
COMMIT;
