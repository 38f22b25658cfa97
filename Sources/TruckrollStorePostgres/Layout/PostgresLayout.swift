import TruckrollStoreSQL

/// The tables of a PostgreSQL database of many tenants, as the steps that lead to them.
///
/// The columns are those of a file of one tenant (`ServerLayout` of the SQLite store), with the tenant before every key, so that the
/// tables distribute by it. Numbers are `bigint`, what is random, hashed or compared by bytes is `bytea`; texts compare by bytes. A
/// step that has shipped is never edited; the next one corrects it.
enum PostgresLayout {
    static let steps: [[String]] = [tenantTables + setTables + recordTables + snapshotTables + viewTables, signInTables, branchName, reportTables]

    /// How many steps a database has taken, and into how many partitions its tables are divided; made first.
    static let layoutTable = """
        CREATE TABLE layout (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            version bigint NOT NULL,
            partitions bigint NOT NULL
        )
        """

    /// Every table with rows of tenants, in no order of meaning.
    static let tables = [
        "writer", "filled_columns", "tenant", "awaited", "device_report", "epoch", "replica", "enrolment_code", "admitted", "waiting",
        "waiting_record", "record",
        "scope_log", "scope_digest", "snapshot", "snapshot_segment", "edge", "view_scope", "view_interval",
        "spent_nonce",
    ]

    /// What makes a table, fenced: as it is, or in so many partitions, over which tenants spread by the hash of their ids.
    ///
    /// - Parameter statement: a `CREATE TABLE` of a table with the column `tenant`; any other statement stays as it is.
    static func create(_ statement: String, partitions count: Int) -> [String] {
        let words = "CREATE TABLE "
        guard statement.hasPrefix(words) else { return [statement] }
        let table = String(statement.dropFirst(words.count).prefix { $0 != " " })
        guard count > 0 else { return [statement] + fence(table) }
        let parts = (0..<count).map { EntityShape.quoted("\(table.replacing("\"", with: ""))_p\($0)") }
        return [statement + " PARTITION BY HASH (tenant)"]
            + parts.enumerated().map { index, part in
                "CREATE TABLE \(part) PARTITION OF \(table) FOR VALUES WITH (MODULUS \(count), REMAINDER \(index))"
            } + ([table] + parts).flatMap { fence($0) }
    }

    /// A second fence behind the statements, which all name their tenant: a connection sees and writes the rows of the tenant whose
    /// transaction it is in. Roles that bypass row security, superusers among them, pass it.
    private static func fence(_ table: String) -> [String] {
        [
            "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY", "ALTER TABLE \(table) FORCE ROW LEVEL SECURITY",
            "CREATE POLICY tenant ON \(table) USING (tenant = nullif(current_setting('truckroll.tenant', true), '')::uuid)",
        ]
    }

    /// `writer` holds a row for each tenant, which whoever writes for the tenant locks first; `schema` is the newest schema that a
    /// program wrote with.
    private static let tenantTables = [
        "CREATE TABLE writer (tenant uuid PRIMARY KEY, schema bigint NOT NULL)",
        """
        CREATE TABLE filled_columns (
            tenant uuid NOT NULL,
            entity text COLLATE "C" NOT NULL,
            columns text COLLATE "C" NOT NULL,
            PRIMARY KEY (tenant, entity)
        )
        """,
        """
        CREATE TABLE tenant (
            tenant uuid NOT NULL,
            one smallint NOT NULL CHECK (one = 1),
            id bytea NOT NULL CHECK (length(id) = 16),
            epoch bytea NOT NULL CHECK (length(epoch) = 8),
            head bigint NOT NULL CHECK (head >= 0),
            history bytea NOT NULL CHECK (length(history) = 32),
            server_replica bigint NOT NULL,
            server_sequence bigint NOT NULL CHECK (server_sequence >= 0),
            server_hash bytea NOT NULL CHECK (length(server_hash) = 32),
            server_stamp bytea CHECK (length(server_stamp) = 12),
            next_replica bigint NOT NULL,
            instance bytea NOT NULL,
            durable bigint NOT NULL CHECK (durable >= 0),
            collected bigint NOT NULL CHECK (collected >= 0),
            settling_until bigint,
            PRIMARY KEY (tenant, one)
        )
        """,
        """
        CREATE TABLE awaited (
            tenant uuid NOT NULL,
            replica bigint NOT NULL CHECK (replica BETWEEN 0 AND 4294967295),
            PRIMARY KEY (tenant, replica)
        )
        """,
        """
        CREATE TABLE epoch (
            tenant uuid NOT NULL,
            number bigint NOT NULL,
            epoch bytea NOT NULL CHECK (length(epoch) = 8),
            start bigint NOT NULL CHECK (start >= 0),
            history bytea NOT NULL CHECK (length(history) = 32),
            parent bytea CHECK (length(parent) = 8),
            reason text COLLATE "C" NOT NULL,
            lost bytea NOT NULL CHECK (length(lost) % 8 = 0),
            PRIMARY KEY (tenant, number),
            UNIQUE (tenant, epoch)
        )
        """,
        """
        CREATE TABLE replica (
            tenant uuid NOT NULL,
            replica bigint NOT NULL CHECK (replica BETWEEN 0 AND 4294967295),
            device bytea NOT NULL CHECK (length(device) = 16),
            user_id bytea NOT NULL CHECK (length(user_id) = 16),
            role text COLLATE "C" NOT NULL CHECK (role <> ''),
            algorithm bigint NOT NULL,
            public_key bytea NOT NULL,
            name text COLLATE "C" NOT NULL,
            series text COLLATE "C" NOT NULL,
            enrolled_at bigint NOT NULL,
            revoked_at bigint,
            last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
            last_hash bytea NOT NULL CHECK (length(last_hash) = 32),
            last_stamp bytea CHECK (length(last_stamp) = 12),
            last_base bigint NOT NULL CHECK (last_base >= 0),
            last_base_epoch bytea NOT NULL CHECK (length(last_base_epoch) = 8),
            last_seen bigint NOT NULL,
            view_version bigint NOT NULL CHECK (view_version >= 0),
            PRIMARY KEY (tenant, replica)
        )
        """,
        "CREATE INDEX replica_by_device ON replica (tenant, device)",
        """
        CREATE TABLE enrolment_code (
            tenant uuid NOT NULL,
            code_hash bytea NOT NULL,
            user_id bytea NOT NULL CHECK (length(user_id) = 16),
            expires_at bigint NOT NULL,
            used_by bytea CHECK (length(used_by) = 16),
            PRIMARY KEY (tenant, code_hash)
        )
        """,
    ]

    /// How devices stood when they asked last.
    private static let reportTables = [
        """
        CREATE TABLE device_report (
            tenant uuid NOT NULL,
            replica bigint NOT NULL CHECK (replica BETWEEN 0 AND 4294967295),
            heard_at bigint NOT NULL,
            epoch bytea NOT NULL CHECK (length(epoch) = 8),
            position bigint NOT NULL CHECK (position >= 0),
            offered bigint NOT NULL CHECK (offered >= 0),
            unsent bigint NOT NULL CHECK (unsent >= 0),
            held_since bigint,
            oldest_unsent bigint,
            files bigint NOT NULL CHECK (files >= 0),
            file_bytes bigint NOT NULL CHECK (file_bytes >= 0),
            skew bigint NOT NULL,
            software text COLLATE "C" NOT NULL,
            PRIMARY KEY (tenant, replica)
        )
        """
    ]

    private static let setTables = [
        """
        CREATE TABLE admitted (
            tenant uuid NOT NULL,
            position bigint NOT NULL CHECK (position > 0),
            replica bigint NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            body bytea NOT NULL,
            algorithm bigint NOT NULL,
            signature bytea NOT NULL,
            hash bytea NOT NULL CHECK (length(hash) = 32),
            stamp bytea NOT NULL CHECK (length(stamp) = 12),
            claimed bytea NOT NULL CHECK (length(claimed) = 12),
            outcome bigint NOT NULL CHECK (outcome BETWEEN 1 AND 255),
            user_id bytea NOT NULL CHECK (length(user_id) = 16),
            intent text COLLATE "C" NOT NULL,
            cause text COLLATE "C",
            origin_replica bigint,
            origin_sequence bigint,
            origin_hash bytea CHECK (length(origin_hash) = 32),
            answer bytea NOT NULL,
            history bytea NOT NULL CHECK (length(history) = 32),
            admitted_at bigint NOT NULL,
            PRIMARY KEY (tenant, position),
            UNIQUE (tenant, replica, sequence),
            UNIQUE (tenant, cause),
            CHECK ((origin_replica IS NULL) = (origin_hash IS NULL) AND (origin_sequence IS NULL) = (origin_hash IS NULL))
        )
        """,
        "CREATE INDEX admitted_by_origin ON admitted (tenant, origin_replica, origin_sequence) WHERE origin_replica IS NOT NULL",
        "CREATE INDEX admitted_by_outcome ON admitted (tenant, outcome, position)",
        "CREATE INDEX admitted_by_time ON admitted (tenant, admitted_at, position)",
        """
        CREATE TABLE waiting (
            tenant uuid NOT NULL,
            replica bigint NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            position bigint NOT NULL CHECK (position > 0),
            deferred smallint NOT NULL CHECK (deferred IN (0, 1)),
            PRIMARY KEY (tenant, replica, sequence),
            UNIQUE (tenant, position)
        )
        """,
        "CREATE INDEX waiting_deferred ON waiting (tenant, position) WHERE deferred = 1",
        """
        CREATE TABLE waiting_record (
            tenant uuid NOT NULL,
            replica bigint NOT NULL,
            key bytea NOT NULL CHECK (length(key) = 19),
            sequence bigint NOT NULL,
            PRIMARY KEY (tenant, replica, key, sequence),
            FOREIGN KEY (tenant, replica, sequence) REFERENCES waiting (tenant, replica, sequence) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX waiting_record_by_set ON waiting_record (tenant, replica, sequence)",
    ]

    private static let recordTables = [
        """
        CREATE TABLE record (
            tenant uuid NOT NULL,
            key bytea NOT NULL CHECK (length(key) = 19),
            entries bytea NOT NULL,
            positions bytea NOT NULL CHECK (length(positions) % 8 = 0),
            scopes text COLLATE "C" NOT NULL,
            edges bytea NOT NULL,
            hash bytea NOT NULL CHECK (length(hash) = 16),
            deleted smallint NOT NULL CHECK (deleted IN (0, 1)),
            PRIMARY KEY (tenant, key)
        )
        """,
        """
        CREATE TABLE scope_log (
            tenant uuid NOT NULL,
            scope text COLLATE "C" NOT NULL,
            key bytea NOT NULL CHECK (length(key) = 19),
            position bigint NOT NULL CHECK (position >= 0),
            entered bigint NOT NULL CHECK (entered >= 0),
            live smallint NOT NULL CHECK (live IN (0, 1)),
            PRIMARY KEY (tenant, scope, key)
        )
        """,
        "CREATE INDEX scope_log_by_position ON scope_log (tenant, scope, position)",
        "CREATE INDEX scope_log_left ON scope_log (tenant, position) WHERE live = 0",
        """
        CREATE TABLE scope_digest (
            tenant uuid NOT NULL,
            scope text COLLATE "C" NOT NULL,
            records bigint NOT NULL CHECK (records >= 0),
            total bytea NOT NULL CHECK (length(total) = 16),
            PRIMARY KEY (tenant, scope)
        )
        """,
    ]

    private static let snapshotTables = [
        """
        CREATE TABLE snapshot (
            tenant uuid NOT NULL,
            scope text COLLATE "C" NOT NULL,
            position bigint NOT NULL CHECK (position >= 0),
            epoch bytea NOT NULL CHECK (length(epoch) = 8),
            history bytea NOT NULL CHECK (length(history) = 8),
            made_at bigint NOT NULL,
            PRIMARY KEY (tenant, scope, position)
        )
        """,
        """
        CREATE TABLE snapshot_segment (
            tenant uuid NOT NULL,
            scope text COLLATE "C" NOT NULL,
            position bigint NOT NULL,
            number bigint NOT NULL CHECK (number >= 0),
            sha256 bytea NOT NULL CHECK (length(sha256) = 32),
            bytes bigint NOT NULL CHECK (bytes >= 0),
            records bigint NOT NULL CHECK (records >= 0),
            PRIMARY KEY (tenant, scope, position, number),
            FOREIGN KEY (tenant, scope, position) REFERENCES snapshot (tenant, scope, position) ON DELETE CASCADE
        )
        """,
        "CREATE INDEX snapshot_segment_by_hash ON snapshot_segment (tenant, sha256, scope)",
    ]

    private static let viewTables = [
        """
        CREATE TABLE edge (
            tenant uuid NOT NULL,
            parent text COLLATE "C" NOT NULL,
            child text COLLATE "C" NOT NULL,
            source bytea NOT NULL CHECK (length(source) = 19),
            window_around bigint,
            starts bigint,
            ends bigint,
            active smallint NOT NULL CHECK (active IN (0, 1)),
            class smallint NOT NULL CHECK (class BETWEEN 1 AND 3),
            PRIMARY KEY (tenant, parent, child, source)
        )
        """,
        "CREATE INDEX edge_by_source ON edge (tenant, source)",
        "CREATE INDEX edge_by_start ON edge (tenant, active, starts)",
        "CREATE INDEX edge_by_end ON edge (tenant, active, ends)",
        """
        CREATE TABLE view_scope (
            tenant uuid NOT NULL,
            replica bigint NOT NULL,
            scope text COLLATE "C" NOT NULL,
            weight bigint NOT NULL CHECK (weight >= 0),
            added bigint NOT NULL CHECK (added >= 0),
            dropped bigint CHECK (dropped >= 0),
            class smallint NOT NULL CHECK (class BETWEEN 1 AND 3),
            classed bigint NOT NULL CHECK (classed >= 0),
            PRIMARY KEY (tenant, replica, scope)
        )
        """,
        "CREATE INDEX view_scope_by_scope ON view_scope (tenant, scope, replica) WHERE weight > 0",
        """
        CREATE TABLE view_interval (
            tenant uuid NOT NULL,
            replica bigint NOT NULL,
            scope text COLLATE "C" NOT NULL,
            added bigint NOT NULL CHECK (added >= 0),
            dropped bigint NOT NULL CHECK (dropped >= added),
            PRIMARY KEY (tenant, replica, scope, added)
        )
        """,
        "CREATE INDEX view_interval_by_drop ON view_interval (tenant, replica, dropped)",
    ]

    /// What tells apart branches of the server's history that PostgreSQL gave one number (``PostgresTimeline``).
    private static let branchName = ["ALTER TABLE layout ADD COLUMN branch text NOT NULL DEFAULT ''"]

    /// Nonces with which devices signed in, in seconds since 1970 by the database server's clock.
    private static let signInTables = [
        """
        CREATE TABLE spent_nonce (
            tenant uuid NOT NULL,
            nonce bytea NOT NULL,
            spent_at bigint NOT NULL,
            PRIMARY KEY (tenant, nonce)
        )
        """,
        "CREATE INDEX spent_nonce_by_time ON spent_nonce (tenant, spent_at)",
    ]
}
