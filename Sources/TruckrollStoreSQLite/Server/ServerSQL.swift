/// The server store's statements. Columns come in the order in which rows are read and values bound.
enum ServerSQL {
    // MARK: Tenant

    static let tenant = """
        SELECT id, epoch, head, history, server_replica, server_sequence, server_hash, server_stamp, next_replica, instance, durable,
            collected, settling_until
        FROM tenant
        """
    /// Nothing is changed when the file holds another tenant.
    static let saveTenant = """
        INSERT INTO tenant (one, id, epoch, head, history, server_replica, server_sequence, server_hash, server_stamp, next_replica,
            instance, durable, collected, settling_until) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, head = excluded.head, history = excluded.history,
            server_replica = excluded.server_replica, server_sequence = excluded.server_sequence, server_hash = excluded.server_hash,
            server_stamp = excluded.server_stamp, next_replica = excluded.next_replica, instance = excluded.instance,
            durable = excluded.durable, collected = excluded.collected, settling_until = excluded.settling_until WHERE id = excluded.id
        """
    static let awaited = "SELECT replica FROM awaited ORDER BY replica"
    static let insertAwaited = "INSERT OR IGNORE INTO awaited (replica) VALUES (?)"
    static let deleteAwaited = "DELETE FROM awaited WHERE replica = ?"
    static let epochs = "SELECT epoch, start, history, parent, reason, lost FROM epoch ORDER BY number"
    static let insertEpoch = "INSERT INTO epoch (epoch, start, history, parent, reason, lost) VALUES (?, ?, ?, ?, ?, ?)"

    // MARK: Replicas

    private static let replicaColumns = """
        replica, device, user_id, role, algorithm, public_key, name, series, enrolled_at, revoked_at, last_sequence, last_hash, \
        last_stamp, last_base, last_base_epoch, last_seen, view_version
        """
    static let replica = "SELECT \(replicaColumns) FROM replica WHERE replica = ?"
    static let replicas = "SELECT \(replicaColumns) FROM replica ORDER BY replica"
    static let replicasOfDevice = "SELECT \(replicaColumns) FROM replica WHERE device = ? ORDER BY replica"
    static let saveReplica = """
        INSERT INTO replica (\(replicaColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (replica) DO UPDATE SET device = excluded.device, user_id = excluded.user_id, role = excluded.role,
            algorithm = excluded.algorithm, public_key = excluded.public_key, name = excluded.name, series = excluded.series,
            enrolled_at = excluded.enrolled_at, revoked_at = excluded.revoked_at, last_sequence = excluded.last_sequence,
            last_hash = excluded.last_hash, last_stamp = excluded.last_stamp, last_base = excluded.last_base,
            last_base_epoch = excluded.last_base_epoch, last_seen = excluded.last_seen, view_version = excluded.view_version
        """
    static let code = "SELECT code_hash, user_id, expires_at, used_by FROM enrolment_code WHERE code_hash = ?"
    static let saveCode = """
        INSERT INTO enrolment_code (code_hash, user_id, expires_at, used_by) VALUES (?, ?, ?, ?)
        ON CONFLICT (code_hash) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at, used_by = excluded.used_by
        """

    // MARK: Admitted sets

    private static let admittedColumns = """
        position, replica, sequence, body, algorithm, signature, hash, stamp, claimed, outcome, user_id, intent, cause, \
        origin_replica, origin_sequence, origin_hash, answer, history, admitted_at
        """
    static let insertAdmitted = """
        INSERT INTO admitted (\(admittedColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let replaceSet = "UPDATE admitted SET body = ?, algorithm = ?, signature = ? WHERE replica = ? AND sequence = ?"
    static let admittedByID = "SELECT \(admittedColumns) FROM admitted WHERE replica = ? AND sequence = ?"
    static let admittedAt = "SELECT \(admittedColumns) FROM admitted WHERE position = ?"
    static let admittedByCause = "SELECT \(admittedColumns) FROM admitted WHERE cause = ?"
    static let admittedByOrigin = """
        SELECT \(admittedColumns) FROM admitted WHERE origin_replica = ? AND origin_sequence = ? AND origin_hash = ? ORDER BY position LIMIT 1
        """
    static let admittedByOriginNumber =
        "SELECT \(admittedColumns) FROM admitted WHERE origin_replica = ? AND origin_sequence = ? ORDER BY position"
    static let admittedAfter = "SELECT \(admittedColumns) FROM admitted WHERE position > ? ORDER BY position LIMIT ?"
    /// For so many outcomes.
    static func admittedByOutcome(_ count: Int) -> String {
        let marks = [String](repeating: "?", count: count).joined(separator: ", ")
        return "SELECT \(admittedColumns) FROM admitted WHERE outcome IN (\(marks)) ORDER BY position LIMIT ?"
    }

    // MARK: Records

    static let lastPosition = "SELECT position FROM admitted WHERE admitted_at < ? ORDER BY admitted_at DESC, position DESC LIMIT 1"
    static let deleteLeftRows = """
        DELETE FROM scope_log WHERE live = 0 AND (scope, key) IN
            (SELECT scope, key FROM scope_log WHERE live = 0 AND position <= ? ORDER BY position LIMIT ?)
        """
    static let saveWaiting = """
        INSERT INTO waiting (replica, sequence, position, deferred) VALUES (?, ?, ?, ?)
        ON CONFLICT (replica, sequence) DO UPDATE SET position = excluded.position, deferred = excluded.deferred
        """
    static let deleteWaiting = "DELETE FROM waiting WHERE replica = ? AND sequence = ?"
    static let emptyWaiting = "DELETE FROM waiting_record WHERE replica = ? AND sequence = ?"
    static let saveWaitingRecord = "INSERT INTO waiting_record (replica, key, sequence) VALUES (?, ?, ?)"
    static let waiting = "SELECT replica, sequence, position, deferred FROM waiting WHERE replica = ? AND sequence = ?"
    static let deferred = """
        SELECT replica, sequence, position, deferred FROM waiting WHERE deferred = 1 AND position > ? ORDER BY position LIMIT ?
        """
    static let waitingCreating = "SELECT min(sequence) FROM waiting_record WHERE replica = ? AND key = ?"
    static let waitingRecords = "SELECT key FROM waiting_record WHERE replica = ? AND sequence = ? ORDER BY key"

    static let record = "SELECT entries, positions, scopes, edges, hash, deleted FROM record WHERE key = ?"
    static let saveRecord = """
        INSERT INTO record (key, entries, positions, scopes, edges, hash, deleted) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET entries = excluded.entries, positions = excluded.positions, scopes = excluded.scopes,
            edges = excluded.edges, hash = excluded.hash, deleted = excluded.deleted
        """
    static let keys = "SELECT key FROM record ORDER BY key LIMIT ?"
    static let keysAfter = "SELECT key FROM record WHERE key > ? ORDER BY key LIMIT ?"

    // MARK: Scopes

    static let scopeRow = "SELECT scope, key, position, entered, live FROM scope_log WHERE scope = ? AND key = ?"
    static let saveScopeRow = """
        INSERT INTO scope_log (scope, key, position, entered, live) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (scope, key) DO UPDATE SET position = excluded.position, entered = excluded.entered, live = excluded.live
        """
    static let liveRows = "SELECT scope, key, position, entered, live FROM scope_log WHERE scope = ? AND live = 1 ORDER BY key"
    static let liveRowsAfter = """
        SELECT scope, key, position, entered, live FROM scope_log WHERE scope = ? AND key > ? AND live = 1 ORDER BY key LIMIT ?
        """
    static let changedRows = """
        SELECT scope, key, position, entered, live FROM scope_log WHERE scope = ? AND key > ? AND position > ? ORDER BY key LIMIT ?
        """
    static let changedRowCount = "SELECT count(*) FROM (SELECT 1 FROM scope_log WHERE scope = ? AND position > ? LIMIT ?)"
    static let digest = "SELECT records, total FROM scope_digest WHERE scope = ?"
    static let saveDigest = """
        INSERT INTO scope_digest (scope, records, total) VALUES (?, ?, ?)
        ON CONFLICT (scope) DO UPDATE SET records = excluded.records, total = excluded.total
        """

    // MARK: Snapshots

    static let snapshotsOfScope = "SELECT scope, position, epoch, history, made_at FROM snapshot WHERE scope = ? ORDER BY position DESC"
    static let snapshots = "SELECT scope, position, epoch, history, made_at FROM snapshot ORDER BY scope, position DESC"
    static let segments = "SELECT sha256, bytes, records FROM snapshot_segment WHERE scope = ? AND position = ? ORDER BY number"
    static let saveSnapshot = """
        INSERT INTO snapshot (scope, position, epoch, history, made_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (scope, position) DO UPDATE SET epoch = excluded.epoch, history = excluded.history, made_at = excluded.made_at
        """
    static let emptySnapshot = "DELETE FROM snapshot_segment WHERE scope = ? AND position = ?"
    static let saveSegment = "INSERT INTO snapshot_segment (scope, position, number, sha256, bytes, records) VALUES (?, ?, ?, ?, ?, ?)"
    static let deleteSnapshot = "DELETE FROM snapshot WHERE scope = ? AND position = ?"
    static let scopesWithSegment = "SELECT DISTINCT scope FROM snapshot_segment WHERE sha256 = ? ORDER BY scope"

    // MARK: Edges

    private static let edgeColumns = "parent, child, source, window_around, starts, ends, active, class"
    static let edgesFrom = "SELECT \(edgeColumns) FROM edge WHERE parent = ? ORDER BY child, source"
    static let edgesOfSource = "SELECT \(edgeColumns) FROM edge WHERE source = ? ORDER BY parent, child"
    static let saveEdge = """
        INSERT INTO edge (\(edgeColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (parent, child, source) DO UPDATE SET window_around = excluded.window_around, starts = excluded.starts,
            ends = excluded.ends, active = excluded.active, class = excluded.class
        """
    static let deleteEdge = "DELETE FROM edge WHERE parent = ? AND child = ? AND source = ?"
    /// Four cases with an index each: to begin with an end ahead or without one, to end after its end or before its start.
    static let edgesDue = """
        SELECT \(edgeColumns) FROM edge WHERE active = 0 AND ends > ?1 AND (starts IS NULL OR starts <= ?1)
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE active = 0 AND ends IS NULL AND (starts IS NULL OR starts <= ?1)
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE active = 1 AND ends <= ?1
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE active = 1 AND starts > ?1 AND (ends IS NULL OR ends > ?1)
        ORDER BY parent, child, source LIMIT ?2
        """

    // MARK: Views

    private static let viewColumns = "replica, scope, weight, added, dropped, class, classed"
    static let viewsHolding = "SELECT \(viewColumns) FROM view_scope WHERE scope = ? AND weight > 0 ORDER BY replica"
    static let viewScope = "SELECT \(viewColumns) FROM view_scope WHERE replica = ? AND scope = ?"
    static let saveViewScope = """
        INSERT INTO view_scope (\(viewColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (replica, scope) DO UPDATE SET weight = excluded.weight, added = excluded.added, dropped = excluded.dropped,
            class = excluded.class, classed = excluded.classed
        """
    static let viewScopes = "SELECT \(viewColumns) FROM view_scope WHERE replica = ? AND weight > 0 ORDER BY scope"
    static let saveInterval = """
        INSERT INTO view_interval (replica, scope, added, dropped) VALUES (?, ?, ?, ?)
        ON CONFLICT (replica, scope, added) DO UPDATE SET dropped = excluded.dropped
        """
    static let deleteInterval = "DELETE FROM view_interval WHERE replica = ? AND scope = ? AND added = ?"
    static let wasInView = """
        SELECT EXISTS (SELECT 1 FROM view_interval WHERE replica = ?1 AND scope = ?2 AND added <= ?3 AND dropped > ?3)
        """
    static let droppedScopes = """
        SELECT DISTINCT scope FROM view_interval WHERE replica = ?1 AND added <= ?2 AND dropped > ?2 ORDER BY scope
        """
    /// What changed in the scopes held up to a class, and all that is live in those that came into the view, or unless the whole
    /// view is held (?4) into their class, later.
    static let changes = """
        SELECT l.scope, l.key, l.position, l.entered, l.live
        FROM view_scope v CROSS JOIN scope_log l ON l.scope = v.scope
        WHERE v.replica = ?1 AND v.weight > 0 AND v.class <= ?3 AND l.position > ?2
        UNION ALL
        SELECT l.scope, l.key, l.position, l.entered, l.live
        FROM view_scope v CROSS JOIN scope_log l ON l.scope = v.scope
        WHERE v.replica = ?1 AND v.weight > 0 AND v.class <= ?3 AND (v.added > ?2 OR (NOT ?4 AND v.classed > ?2))
            AND l.position <= ?2 AND l.live = 1
        ORDER BY 2, 1
        """
    /// Each half stops at its first row.
    static let hasChanges = """
        SELECT EXISTS (SELECT 1 FROM view_scope WHERE replica = ?1 AND added > ?2 AND weight > 0)
            OR EXISTS (SELECT 1 FROM view_interval WHERE replica = ?1 AND added <= ?2 AND dropped > ?2)
            OR EXISTS (SELECT 1 FROM view_scope v CROSS JOIN scope_log l ON l.scope = v.scope
                WHERE v.replica = ?1 AND v.weight > 0 AND l.position > ?2)
        """
}
