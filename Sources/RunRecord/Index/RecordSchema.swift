import GRDB

/// The tables of the record, and the migrations from earlier versions.
enum RecordSchema {
  /// Every version of the tables, the oldest first.
  static var migrations: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs, nodes and hashes of files") { database in
      try database.execute(
        sql: """
          CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            pipeline TEXT NOT NULL, name TEXT NOT NULL, process INTEGER NOT NULL,
            started INTEGER NOT NULL, duration INTEGER, status TEXT NOT NULL);
          CREATE INDEX runs_of_pipeline ON runs (pipeline, id);
          CREATE TABLE nodes (
            run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            place INTEGER NOT NULL, node TEXT NOT NULL, label TEXT NOT NULL, file TEXT,
            status TEXT NOT NULL, message TEXT, reason TEXT, attempts INTEGER NOT NULL DEFAULT 0,
            started INTEGER, duration INTEGER, log TEXT, inputs TEXT, outputs TEXT, token TEXT,
            cached_run INTEGER, PRIMARY KEY (run, place)) WITHOUT ROWID;
          CREATE TABLE files (
            path TEXT PRIMARY KEY, signature TEXT NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("what runs were and what they gave") { database in
      try database.execute(
        sql: """
          ALTER TABLE runs ADD COLUMN plan TEXT;
          ALTER TABLE nodes ADD COLUMN executed TEXT;
          ALTER TABLE nodes ADD COLUMN cells TEXT;
          ALTER TABLE nodes ADD COLUMN errors TEXT;
          """)
    }
    return migrator
  }
}
