extension Layout {
    /// The server's tables: one file a tenant.
    ///
    /// Every key is written so that a tenant column can lead it, as a database of many tenants needs; in a file of one tenant
    /// it would say the same in every row. Numbers that count are INTEGER; what is random, hashed or compared by bytes is BLOB.
    static let server = Layout(
        applicationID: 0x5452_5053, name: "a Truckroll server",
        steps: [serverStep1, settlingTables, snapshotTables, filledColumns, lostEpochs, reportTables],
        visibleRecords: "SELECT key, entries FROM record WHERE key BETWEEN ?1 AND ?2")

    private static let serverStep1 = tenantTables + setTables + recordTables + viewTables

    /// Whom a server that was restored waits for, and for how long.
    private static let settlingTables = [
        "ALTER TABLE tenant ADD COLUMN settling_until INTEGER",
        "CREATE TABLE awaited (replica INTEGER NOT NULL PRIMARY KEY CHECK (replica BETWEEN 0 AND 4294967295)) STRICT",
    ]

    /// How devices stood when they asked last.
    private static let reportTables = [
        """
        CREATE TABLE device_report (
            replica INTEGER NOT NULL PRIMARY KEY CHECK (replica BETWEEN 0 AND 4294967295),
            heard_at INTEGER NOT NULL,
            epoch BLOB NOT NULL CHECK (length(epoch) = 8),
            position INTEGER NOT NULL CHECK (position >= 0),
            offered INTEGER NOT NULL CHECK (offered >= 0),
            unsent INTEGER NOT NULL CHECK (unsent >= 0),
            held_since INTEGER,
            oldest_unsent INTEGER,
            files INTEGER NOT NULL CHECK (files >= 0),
            file_bytes INTEGER NOT NULL CHECK (file_bytes >= 0),
            skew INTEGER NOT NULL,
            software TEXT NOT NULL
        ) STRICT
        """
    ]

    /// Epochs, 8 bytes each, that the database did not know when a device showed them.
    private static let lostEpochs = ["ALTER TABLE epoch ADD COLUMN lost BLOB NOT NULL DEFAULT x'' CHECK (length(lost) % 8 = 0)"]

    /// What it holds can be made again; the segments' bytes lie beside the database.
    private static let snapshotTables = [
        """
        CREATE TABLE snapshot (
            scope TEXT NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            epoch BLOB NOT NULL CHECK (length(epoch) = 8),
            history BLOB NOT NULL CHECK (length(history) = 8),
            made_at INTEGER NOT NULL,
            PRIMARY KEY (scope, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE snapshot_segment (
            scope TEXT NOT NULL,
            position INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 0),
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            records INTEGER NOT NULL CHECK (records >= 0),
            PRIMARY KEY (scope, position, number),
            FOREIGN KEY (scope, position) REFERENCES snapshot (scope, position) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX snapshot_segment_by_hash ON snapshot_segment (sha256, scope)",
    ]

    private static let tenantTables = [
        """
        CREATE TABLE tenant (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            id BLOB NOT NULL CHECK (length(id) = 16),
            epoch BLOB NOT NULL CHECK (length(epoch) = 8),
            head INTEGER NOT NULL CHECK (head >= 0),
            history BLOB NOT NULL CHECK (length(history) = 32),
            server_replica INTEGER NOT NULL,
            server_sequence INTEGER NOT NULL CHECK (server_sequence >= 0),
            server_hash BLOB NOT NULL CHECK (length(server_hash) = 32),
            server_stamp BLOB CHECK (length(server_stamp) = 12),
            next_replica INTEGER NOT NULL,
            instance BLOB NOT NULL,
            durable INTEGER NOT NULL CHECK (durable >= 0),
            collected INTEGER NOT NULL CHECK (collected >= 0)
        ) STRICT
        """,
        """
        CREATE TABLE epoch (
            number INTEGER NOT NULL PRIMARY KEY,
            epoch BLOB NOT NULL UNIQUE CHECK (length(epoch) = 8),
            start INTEGER NOT NULL CHECK (start >= 0),
            history BLOB NOT NULL CHECK (length(history) = 32),
            parent BLOB CHECK (length(parent) = 8),
            reason TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE replica (
            replica INTEGER NOT NULL PRIMARY KEY CHECK (replica BETWEEN 0 AND 4294967295),
            device BLOB NOT NULL CHECK (length(device) = 16),
            user_id BLOB NOT NULL CHECK (length(user_id) = 16),
            role TEXT NOT NULL CHECK (role <> ''),
            algorithm INTEGER NOT NULL,
            public_key BLOB NOT NULL,
            name TEXT NOT NULL,
            series TEXT NOT NULL,
            enrolled_at INTEGER NOT NULL,
            revoked_at INTEGER,
            last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
            last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
            last_stamp BLOB CHECK (length(last_stamp) = 12),
            last_base INTEGER NOT NULL CHECK (last_base >= 0),
            last_base_epoch BLOB NOT NULL CHECK (length(last_base_epoch) = 8),
            last_seen INTEGER NOT NULL,
            view_version INTEGER NOT NULL CHECK (view_version >= 0)
        ) STRICT
        """,
        "CREATE INDEX replica_by_device ON replica (device)",
        """
        CREATE TABLE enrolment_code (
            code_hash BLOB NOT NULL PRIMARY KEY,
            user_id BLOB NOT NULL CHECK (length(user_id) = 16),
            expires_at INTEGER NOT NULL,
            used_by BLOB CHECK (length(used_by) = 16)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let setTables = [
        """
        CREATE TABLE admitted (
            position INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            body BLOB NOT NULL,
            algorithm INTEGER NOT NULL,
            signature BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            stamp BLOB NOT NULL CHECK (length(stamp) = 12),
            claimed BLOB NOT NULL CHECK (length(claimed) = 12),
            outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 255),
            user_id BLOB NOT NULL CHECK (length(user_id) = 16),
            intent TEXT NOT NULL,
            cause TEXT UNIQUE,
            origin_replica INTEGER,
            origin_sequence INTEGER,
            origin_hash BLOB CHECK (length(origin_hash) = 32),
            answer BLOB NOT NULL,
            history BLOB NOT NULL CHECK (length(history) = 32),
            admitted_at INTEGER NOT NULL,
            UNIQUE (replica, sequence),
            CHECK ((origin_replica IS NULL) = (origin_hash IS NULL) AND (origin_sequence IS NULL) = (origin_hash IS NULL))
        ) STRICT
        """,
        "CREATE INDEX admitted_by_origin ON admitted (origin_replica, origin_sequence) WHERE origin_replica IS NOT NULL",
        "CREATE INDEX admitted_by_outcome ON admitted (outcome, position)",
        "CREATE INDEX admitted_by_time ON admitted (admitted_at, position)",
        """
        CREATE TABLE waiting (
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            position INTEGER NOT NULL UNIQUE CHECK (position > 0),
            deferred INTEGER NOT NULL CHECK (deferred IN (0, 1)),
            PRIMARY KEY (replica, sequence)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX waiting_deferred ON waiting (position) WHERE deferred = 1",
        """
        CREATE TABLE waiting_record (
            replica INTEGER NOT NULL,
            key BLOB NOT NULL CHECK (length(key) = 19),
            sequence INTEGER NOT NULL,
            PRIMARY KEY (replica, key, sequence),
            FOREIGN KEY (replica, sequence) REFERENCES waiting (replica, sequence) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX waiting_record_by_set ON waiting_record (replica, sequence)",
    ]

    private static let recordTables = [
        """
        CREATE TABLE record (
            key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 19),
            entries BLOB NOT NULL,
            positions BLOB NOT NULL CHECK (length(positions) % 8 = 0),
            scopes TEXT NOT NULL,
            edges BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 16),
            deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE scope_log (
            scope TEXT NOT NULL,
            key BLOB NOT NULL CHECK (length(key) = 19),
            position INTEGER NOT NULL CHECK (position >= 0),
            entered INTEGER NOT NULL CHECK (entered >= 0),
            live INTEGER NOT NULL CHECK (live IN (0, 1)),
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX scope_log_by_position ON scope_log (scope, position)",
        "CREATE INDEX scope_log_left ON scope_log (position) WHERE live = 0",
        """
        CREATE TABLE scope_digest (
            scope TEXT NOT NULL PRIMARY KEY,
            records INTEGER NOT NULL CHECK (records >= 0),
            total BLOB NOT NULL CHECK (length(total) = 16)
        ) STRICT, WITHOUT ROWID
        """,
    ]

    private static let viewTables = [
        """
        CREATE TABLE edge (
            parent TEXT NOT NULL,
            child TEXT NOT NULL,
            source BLOB NOT NULL CHECK (length(source) = 19),
            window_around INTEGER,
            starts INTEGER,
            ends INTEGER,
            active INTEGER NOT NULL CHECK (active IN (0, 1)),
            class INTEGER NOT NULL CHECK (class BETWEEN 1 AND 3),
            PRIMARY KEY (parent, child, source)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX edge_by_source ON edge (source)",
        "CREATE INDEX edge_by_start ON edge (active, starts)",
        "CREATE INDEX edge_by_end ON edge (active, ends)",
        """
        CREATE TABLE view_scope (
            replica INTEGER NOT NULL,
            scope TEXT NOT NULL,
            weight INTEGER NOT NULL CHECK (weight >= 0),
            added INTEGER NOT NULL CHECK (added >= 0),
            dropped INTEGER CHECK (dropped >= 0),
            class INTEGER NOT NULL CHECK (class BETWEEN 1 AND 3),
            classed INTEGER NOT NULL CHECK (classed >= 0),
            PRIMARY KEY (replica, scope)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX view_scope_by_scope ON view_scope (scope, replica) WHERE weight > 0",
        """
        CREATE TABLE view_interval (
            replica INTEGER NOT NULL,
            scope TEXT NOT NULL,
            added INTEGER NOT NULL CHECK (added >= 0),
            dropped INTEGER NOT NULL CHECK (dropped >= added),
            PRIMARY KEY (replica, scope, added)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX view_interval_by_drop ON view_interval (replica, dropped)",
    ]
}
