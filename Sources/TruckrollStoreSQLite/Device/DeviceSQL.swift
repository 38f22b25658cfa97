/// The device store's statements. Columns come in the order in which rows are read and values bound.
enum DeviceSQL {
    // MARK: Identity and state

    private static let identityColumns = """
        tenant, tenant_name, tenant_key, device, user_id, replica, algorithm, private_key, series, enrolment, server_url
        """
    static let identity = "SELECT \(identityColumns) FROM identity"
    static let saveIdentity = """
        INSERT INTO identity (one, \(identityColumns)) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (one) DO UPDATE SET tenant = excluded.tenant, tenant_name = excluded.tenant_name,
            tenant_key = excluded.tenant_key, device = excluded.device, user_id = excluded.user_id, replica = excluded.replica,
            algorithm = excluded.algorithm, private_key = excluded.private_key, series = excluded.series,
            enrolment = excluded.enrolment, server_url = excluded.server_url
        """
    private static let stateColumns = """
        last_sequence, last_hash, last_stamp, checkpoint_epoch, checkpoint_position, checkpoint_history, checkpoint_view, \
        checkpoint_mac, checkpoint_lost, recovering_epoch, former_checkpoints, clock_offset, last_document, last_sync, durable, recovering, \
        renewal_private_key, renewal_public_key, visible, filling, lost_leases, arriving, damaged, clock_reading, \
        former_enrolments
        """
    static let state = "SELECT \(stateColumns) FROM state"
    static let saveState = """
        INSERT INTO state (one, \(stateColumns)) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (one) DO UPDATE SET last_sequence = excluded.last_sequence, last_hash = excluded.last_hash,
            last_stamp = excluded.last_stamp, checkpoint_epoch = excluded.checkpoint_epoch,
            checkpoint_position = excluded.checkpoint_position, checkpoint_history = excluded.checkpoint_history,
            checkpoint_view = excluded.checkpoint_view, checkpoint_mac = excluded.checkpoint_mac,
            checkpoint_lost = excluded.checkpoint_lost, recovering_epoch = excluded.recovering_epoch,
            former_checkpoints = excluded.former_checkpoints, clock_offset = excluded.clock_offset,
            last_document = excluded.last_document, last_sync = excluded.last_sync, durable = excluded.durable,
            recovering = excluded.recovering, lost_leases = excluded.lost_leases, renewal_private_key = excluded.renewal_private_key,
            renewal_public_key = excluded.renewal_public_key, visible = excluded.visible, filling = excluded.filling,
            arriving = excluded.arriving, damaged = excluded.damaged, clock_reading = excluded.clock_reading,
            former_enrolments = excluded.former_enrolments
        """

    // MARK: Own sets

    private static let ownColumns = """
        replica, sequence, body, algorithm, signature, hash, intent, made_at, sent, resolved, standing, outcome, answered_hash, epoch, position, \
        stamp, remarks, mac
        """
    static let append = "INSERT INTO own (\(ownColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    static let update = """
        UPDATE own SET body = ?3, algorithm = ?4, signature = ?5, hash = ?6, intent = ?7, made_at = ?8, sent = ?9, resolved = ?10,
            standing = ?11, outcome = ?12, answered_hash = ?13, epoch = ?14, position = ?15, stamp = ?16, remarks = ?17, mac = ?18
        WHERE replica = ?1 AND sequence = ?2
        """
    static let own = "SELECT \(ownColumns) FROM own WHERE replica = ? AND sequence = ?"
    static let outbox = "SELECT \(ownColumns) FROM own WHERE standing IN (0, 2) ORDER BY replica, sequence"
    static let journal = """
        SELECT \(ownColumns) FROM own WHERE standing IN (1, 3) ORDER BY replica DESC, sequence DESC LIMIT ?
        """
    static let newestAnswered = """
        SELECT \(ownColumns) FROM own WHERE standing = 1 AND length(mac) > 0 AND replica < ? ORDER BY replica DESC, sequence DESC LIMIT 1
        """
    static let journalAbove = """
        SELECT \(ownColumns) FROM own WHERE standing IN (1, 2) AND replica = ? AND sequence > ? ORDER BY sequence
        """
    static let journalBesides = """
        SELECT \(ownColumns) FROM own WHERE standing IN (1, 2) AND replica <> ? ORDER BY replica, sequence
        """
    /// 3 and 4 are set aside and quarantined; written out, as in the index that serves this.
    static let unresolved = """
        SELECT \(ownColumns) FROM own WHERE standing = 1 AND outcome IN (3, 4) AND resolved = 0 ORDER BY replica, sequence
        """

    // MARK: Confirmed records and scopes

    static let confirmed = "SELECT entries, hash FROM confirmed WHERE key = ?"
    static let shown = """
        SELECT 1, entries, NULL FROM overlay WHERE key = ?1 UNION ALL SELECT 0, entries, hash FROM confirmed WHERE key = ?1
        """
    static let saveConfirmed = """
        INSERT INTO confirmed (key, entries, hash) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET entries = excluded.entries, hash = excluded.hash
        """
    /// Its memberships go with it. `IS`, as a damaged key may be `NULL`.
    static let deleteConfirmed = "DELETE FROM confirmed WHERE key IS ?"
    static let allConfirmed = "SELECT key, entries, hash FROM confirmed"
    static let allPlaces = "SELECT key, scope FROM membership"
    static let deleteNamedScope = "DELETE FROM scope WHERE scope IS ?"
    static let leaveNamedScope = "DELETE FROM membership WHERE scope IS ?"
    static let leaveAllOfKey = "DELETE FROM membership WHERE key IS ?"
    static let deletePlacesOfNothing = "DELETE FROM membership WHERE key NOT IN (SELECT key FROM confirmed)"
    static let confirmedKeys = "SELECT key FROM confirmed ORDER BY key LIMIT ?"
    static let confirmedKeysAfter = "SELECT key FROM confirmed WHERE key > ? ORDER BY key LIMIT ?"
    static let confirmedKeysEnding = "SELECT key FROM confirmed WHERE substr(key, 17, 2) = ?"
    static let overlayKeysEnding = "SELECT key FROM overlay WHERE substr(key, 17, 2) = ?"
    static let scopesOfKey = "SELECT scope FROM membership WHERE key = ? ORDER BY scope"
    static let join = "INSERT INTO membership (scope, key) VALUES (?, ?)"
    static let leave = "DELETE FROM membership WHERE scope = ? AND key = ?"
    static let leaveAll = "DELETE FROM membership WHERE scope = ?"
    static let keysInScope = "SELECT key FROM membership WHERE scope = ? ORDER BY key"
    static let scopes = "SELECT scope FROM scope ORDER BY scope"
    static let digest = "SELECT records, total FROM scope WHERE scope = ?"
    static let saveDigest = """
        INSERT INTO scope (scope, records, total) VALUES (?, ?, ?)
        ON CONFLICT (scope) DO UPDATE SET records = excluded.records, total = excluded.total
        """
    static let deleteScope = "DELETE FROM scope WHERE scope = ?"

    // MARK: Parts of a view that is being filled

    static let appendPart = "INSERT INTO part (number, bytes) VALUES ((SELECT coalesce(max(number), 0) + 1 FROM part), ?)"
    static let nextPart = "SELECT number, bytes FROM part WHERE number > ? ORDER BY number LIMIT 1"
    static let deleteParts = "DELETE FROM part"

    // MARK: Entries of others' lost sets

    static let appendRecovered = "INSERT INTO recovered (number, bytes) VALUES ((SELECT coalesce(max(number), 0) + 1 FROM recovered), ?)"
    static let recovered = "SELECT bytes FROM recovered ORDER BY number LIMIT ?"
    static let deleteRecovered = "DELETE FROM recovered WHERE number IN (SELECT number FROM recovered ORDER BY number LIMIT ?)"

    // MARK: Overlays

    static let overlay = "SELECT entries FROM overlay WHERE key = ?"
    static let saveOverlay = """
        INSERT INTO overlay (key, entries) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET entries = excluded.entries
        """
    static let deleteOverlay = "DELETE FROM overlay WHERE key = ?"
    static let deleteOverlays = "DELETE FROM overlay"
    static let overlayKeys = "SELECT key FROM overlay ORDER BY key"

    // MARK: Words

    static let words = "SELECT number, names, texts FROM word_row WHERE type = ? AND id = ?"
    static let allWords = "SELECT number, type, id, names, texts FROM word_row"
    static let wordKeys = "SELECT type, id FROM word_row"
    static let insertWords = "INSERT INTO word_row (type, id, names, texts) VALUES (?, ?, ?, ?)"
    static let updateWords = "UPDATE word_row SET names = ?2, texts = ?3 WHERE number = ?1"
    static let deleteWords = "DELETE FROM word_row WHERE type = ? AND id = ?"
    static let deleteAllWords = "DELETE FROM word_row"
    static let enter = "INSERT INTO word_index (rowid, kind, names, texts, grams) VALUES (?, ?, ?, ?, ?)"
    static let leaveIndex = "INSERT INTO word_index (word_index, rowid, kind, names, texts, grams) VALUES ('delete', ?, ?, ?, ?, ?)"
    static let emptyIndex = "INSERT INTO word_index (word_index) VALUES ('delete-all')"
    /// The rows with which FTS5 begins: no sums, and no segments.
    static let newIndex = [
        "DELETE FROM word_index_data", "DELETE FROM word_index_idx",
        "INSERT INTO word_index_data (id, block) VALUES (1, x''), (10, x'00000000000000')",
    ]
    static let find = """
        SELECT type, id FROM (SELECT rowid AS found FROM word_index WHERE word_index MATCH ? ORDER BY rowid DESC LIMIT ?)
        CROSS JOIN word_row ON number = found ORDER BY found DESC
        """

    // MARK: Attachments

    static let attachment = "SELECT sha256, media_type, size, stored FROM attachment WHERE sha256 = ?"
    static let allAttachments = "SELECT sha256, media_type, size, stored FROM attachment"
    static let deleteAttachment = "DELETE FROM attachment WHERE sha256 = ?"
    static let attachments = "SELECT sha256, media_type, size, stored FROM attachment WHERE stored = ? ORDER BY sha256"
    static let saveAttachment = """
        INSERT INTO attachment (sha256, media_type, size, stored) VALUES (?, ?, ?, ?)
        ON CONFLICT (sha256) DO UPDATE SET media_type = excluded.media_type, size = excluded.size, stored = excluded.stored
        """
}
