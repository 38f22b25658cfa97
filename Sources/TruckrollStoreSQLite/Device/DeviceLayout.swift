extension Layout {
    /// The device's tables. Everything but the own sets and the identity can be pulled again.
    static let device = Layout(
        applicationID: 0x5452_5044, name: "a Truckroll device",
        steps: [deviceStep1, deviceStep2, deviceStep3, deviceStep4, filledColumns, deviceStep6, deviceStep7, deviceStep8],
        visibleRecords: """
            SELECT confirmed.key, coalesce(overlay.entries, confirmed.entries) FROM confirmed LEFT JOIN overlay ON overlay.key = confirmed.key
            WHERE confirmed.key BETWEEN ?1 AND ?2
            UNION ALL
            SELECT key, entries FROM overlay WHERE key BETWEEN ?1 AND ?2 AND key NOT IN (SELECT key FROM confirmed)
            """, keepsWords: true)

    private static let deviceStep1 = enrolmentTables + ownTables + confirmedTables

    /// What a server that was restored is shown.
    private static let deviceStep2 = [
        "ALTER TABLE state ADD COLUMN lost_leases BLOB NOT NULL DEFAULT x''",
        "CREATE TABLE recovered (number INTEGER NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    ]

    /// Own sets whose answers came before their effects.
    private static let deviceStep3 = ["ALTER TABLE state ADD COLUMN arriving BLOB NOT NULL DEFAULT x''"]

    /// Whether something could not be read.
    private static let deviceStep4 = ["ALTER TABLE state ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0 CHECK (damaged IN (0, 1))"]

    /// What was noted about the clock when its offset was measured.
    private static let deviceStep6 = ["ALTER TABLE state ADD COLUMN clock_reading BLOB NOT NULL DEFAULT x''"]

    /// The enrolments under former numbers.
    private static let deviceStep7 = ["ALTER TABLE state ADD COLUMN former_enrolments BLOB NOT NULL DEFAULT x''"]

    /// Words, and the ends of ids. A key holds the last two bytes of its id at 17 and 18.
    ///
    /// The index holds no text of its own: `word_row` has what was put in, for taking it out again. A number is never given twice, so
    /// that what a damaged index still holds of a row that is gone means no other one.
    private static let deviceStep8 = [
        """
        CREATE TABLE word_row (
            number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            type INTEGER NOT NULL,
            id BLOB NOT NULL CHECK (length(id) = 16),
            names TEXT NOT NULL,
            texts TEXT NOT NULL,
            UNIQUE (type, id)
        ) STRICT
        """,
        "CREATE VIRTUAL TABLE word_index USING fts5(kind, names, texts, grams, content = '', columnsize = 0, tokenize = 'ascii')",
        """
        CREATE TABLE filled_words (
            entity TEXT NOT NULL PRIMARY KEY,
            described TEXT NOT NULL -- what they follow from
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX confirmed_by_ending ON confirmed (substr(key, 17, 2))",
        "CREATE INDEX overlay_by_ending ON overlay (substr(key, 17, 2))",
    ]

    private static let enrolmentTables = [
        """
        CREATE TABLE identity (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            tenant BLOB NOT NULL CHECK (length(tenant) = 16),
            tenant_name TEXT NOT NULL,
            tenant_key BLOB NOT NULL,
            device BLOB NOT NULL CHECK (length(device) = 16),
            user_id BLOB NOT NULL CHECK (length(user_id) = 16),
            replica INTEGER NOT NULL CHECK (replica BETWEEN 0 AND 4294967295), -- 0 while it is being enrolled
            algorithm INTEGER NOT NULL,
            private_key BLOB NOT NULL,
            series TEXT NOT NULL,
            enrolment BLOB NOT NULL,
            server_url TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE state (
            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
            last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
            last_hash BLOB NOT NULL CHECK (length(last_hash) = 32),
            last_stamp BLOB CHECK (length(last_stamp) = 12),
            checkpoint_epoch BLOB CHECK (length(checkpoint_epoch) = 8),
            checkpoint_position INTEGER CHECK (checkpoint_position >= 0),
            checkpoint_history BLOB,
            checkpoint_view INTEGER CHECK (checkpoint_view >= 0),
            checkpoint_mac BLOB NOT NULL,
            checkpoint_lost INTEGER NOT NULL CHECK (checkpoint_lost IN (0, 1)),
            recovering_epoch BLOB NOT NULL CHECK (length(recovering_epoch) = 8),
            former_checkpoints BLOB NOT NULL, -- 64 bytes each: epoch, position, history, view version, MAC
            clock_offset INTEGER NOT NULL,
            last_document INTEGER NOT NULL CHECK (last_document >= 0),
            last_sync INTEGER,
            durable INTEGER NOT NULL CHECK (durable >= 0),
            recovering INTEGER NOT NULL CHECK (recovering IN (0, 1)),
            renewal_private_key BLOB NOT NULL,
            renewal_public_key BLOB NOT NULL,
            visible INTEGER CHECK (visible BETWEEN 1 AND 3),
            filling BLOB NOT NULL,
            CHECK ((checkpoint_epoch IS NULL) = (checkpoint_position IS NULL)
                AND (checkpoint_epoch IS NULL) = (checkpoint_history IS NULL)
                AND (checkpoint_epoch IS NULL) = (checkpoint_view IS NULL))
        ) STRICT
        """,
    ]

    /// `standing` says where a set is: 0 waiting, 1 answered, 2 deferred, 3 renumbered. `outcome` and the columns after it are
    /// the newest receipt; all are null before the first.
    private static let ownTables = [
        """
        CREATE TABLE own (
            replica INTEGER NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            body BLOB NOT NULL,
            algorithm INTEGER NOT NULL,
            signature BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            intent TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            sent INTEGER NOT NULL CHECK (sent IN (0, 1)),
            resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
            standing INTEGER NOT NULL CHECK (standing BETWEEN 0 AND 3),
            outcome INTEGER CHECK (outcome BETWEEN 1 AND 255),
            answered_hash BLOB CHECK (length(answered_hash) = 32),
            epoch BLOB CHECK (length(epoch) = 8),
            position INTEGER CHECK (position >= 0),
            stamp BLOB CHECK (length(stamp) = 12),
            remarks BLOB,
            mac BLOB,
            PRIMARY KEY (replica, sequence),
            CHECK ((outcome IS NULL) = (answered_hash IS NULL) AND (outcome IS NULL) = (epoch IS NULL)
                AND (outcome IS NULL) = (position IS NULL) AND (outcome IS NULL) = (stamp IS NULL)
                AND (outcome IS NULL) = (remarks IS NULL) AND (outcome IS NULL) = (mac IS NULL))
        ) STRICT
        """,
        "CREATE INDEX own_outbox ON own (replica, sequence) WHERE standing IN (0, 2)",
        "CREATE INDEX own_unresolved ON own (replica, sequence) WHERE standing = 1 AND outcome IN (3, 4) AND resolved = 0",
    ]

    private static let confirmedTables = [
        """
        CREATE TABLE confirmed (
            key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 19),
            entries BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 16)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE membership (
            scope TEXT NOT NULL,
            key BLOB NOT NULL REFERENCES confirmed (key) ON DELETE CASCADE,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX membership_by_key ON membership (key, scope)",
        """
        CREATE TABLE scope (
            scope TEXT NOT NULL PRIMARY KEY,
            records INTEGER NOT NULL CHECK (records >= 0),
            total BLOB NOT NULL CHECK (length(total) = 16)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE part (
            number INTEGER NOT NULL PRIMARY KEY,
            bytes BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE overlay (
            key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 19),
            entries BLOB NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE attachment (
            sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
            media_type TEXT NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            stored INTEGER NOT NULL CHECK (stored IN (0, 1))
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX attachment_by_state ON attachment (stored, sha256)",
    ]
}
