/// The server store's statements, of the kind that ``SQLSession`` takes. Columns come in the order in which rows are read and values
/// bound.
package enum ServerSQL {
    // MARK: Tenant

    static let tenant = """
        SELECT id, epoch, head, history, server_replica, server_sequence, server_hash, server_stamp, next_replica, instance, durable,
            collected, settling_until
        FROM tenant /*WHERE tenant = $tenant*/
        """
    /// Nothing is changed when the file holds another tenant.
    static let saveTenant = """
        INSERT INTO tenant (/*tenant,*/ one, id, epoch, head, history, server_replica, server_sequence, server_hash, server_stamp, next_replica,
            instance, durable, collected, settling_until) VALUES (/*$tenant,*/ 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ one) DO UPDATE SET epoch = excluded.epoch, head = excluded.head, history = excluded.history,
            server_replica = excluded.server_replica, server_sequence = excluded.server_sequence, server_hash = excluded.server_hash,
            server_stamp = excluded.server_stamp, next_replica = excluded.next_replica, instance = excluded.instance,
            durable = excluded.durable, collected = excluded.collected, settling_until = excluded.settling_until WHERE tenant.id = excluded.id
        """
    static let awaited = "SELECT replica FROM awaited /*WHERE tenant = $tenant*/ ORDER BY replica"
    static let insertAwaited = "INSERT INTO awaited (/*tenant,*/ replica) VALUES (/*$tenant,*/ ?) ON CONFLICT DO NOTHING"
    static let deleteAwaited = "DELETE FROM awaited WHERE /*tenant = $tenant AND*/ replica = ?"
    private static let reportColumns =
        "replica, heard_at, epoch, position, offered, unsent, held_since, oldest_unsent, files, file_bytes, skew, software"
    static let report = "SELECT \(reportColumns) FROM device_report WHERE /*tenant = $tenant AND*/ replica = ?"
    static let reports = "SELECT \(reportColumns) FROM device_report /*WHERE tenant = $tenant*/ ORDER BY replica"
    static let saveReport = """
        INSERT INTO device_report (/*tenant,*/ \(reportColumns)) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ replica) DO UPDATE SET heard_at = excluded.heard_at, epoch = excluded.epoch, position = excluded.position, offered = excluded.offered,
            unsent = excluded.unsent, held_since = excluded.held_since, oldest_unsent = excluded.oldest_unsent, files = excluded.files, file_bytes = excluded.file_bytes, skew = excluded.skew,
            software = excluded.software
        """
    static let epochs = "SELECT epoch, start, history, parent, reason, lost FROM epoch /*WHERE tenant = $tenant*/ ORDER BY number"
    static let insertEpoch = """
        INSERT INTO epoch (/*tenant, number,*/ epoch, start, history, parent, reason, lost)
        VALUES (/*$tenant, (SELECT coalesce(max(number), 0) + 1 FROM epoch WHERE tenant = $tenant),*/ ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """

    // MARK: Replicas

    private static let replicaColumns = """
        replica, device, user_id, role, algorithm, public_key, name, series, enrolled_at, revoked_at, last_sequence, last_hash, \
        last_stamp, last_base, last_base_epoch, last_seen, view_version
        """
    static let replica = "SELECT \(replicaColumns) FROM replica WHERE /*tenant = $tenant AND*/ replica = ?"
    static let replicas = "SELECT \(replicaColumns) FROM replica /*WHERE tenant = $tenant*/ ORDER BY replica"
    static let replicasOfDevice = "SELECT \(replicaColumns) FROM replica WHERE /*tenant = $tenant AND*/ device = ? ORDER BY replica"
    static let saveReplica = """
        INSERT INTO replica (/*tenant,*/ \(replicaColumns)) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ replica) DO UPDATE SET device = excluded.device, user_id = excluded.user_id, role = excluded.role,
            algorithm = excluded.algorithm, public_key = excluded.public_key, name = excluded.name, series = excluded.series,
            enrolled_at = excluded.enrolled_at, revoked_at = excluded.revoked_at, last_sequence = excluded.last_sequence,
            last_hash = excluded.last_hash, last_stamp = excluded.last_stamp, last_base = excluded.last_base,
            last_base_epoch = excluded.last_base_epoch, last_seen = excluded.last_seen, view_version = excluded.view_version
        """
    static let code = "SELECT code_hash, user_id, expires_at, used_by FROM enrolment_code WHERE /*tenant = $tenant AND*/ code_hash = ?"
    static let saveCode = """
        INSERT INTO enrolment_code (/*tenant,*/ code_hash, user_id, expires_at, used_by) VALUES (/*$tenant,*/ ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ code_hash) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at, used_by = excluded.used_by
        """

    // MARK: Admitted sets

    private static let admittedColumns = """
        position, replica, sequence, body, algorithm, signature, hash, stamp, claimed, outcome, user_id, intent, cause, \
        origin_replica, origin_sequence, origin_hash, answer, history, admitted_at
        """
    /// Fails where something of a set is taken.
    static let insertAdmitted = """
        INSERT INTO admitted (/*tenant,*/ \(admittedColumns)) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    /// Changes nothing then, so that what is taken can be told at once.
    static let insertAdmittedIfNew = insertAdmitted + " ON CONFLICT DO NOTHING"
    static let replaceSet = "UPDATE admitted SET body = ?, algorithm = ?, signature = ? WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ?"
    static let admittedByID = "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ?"
    static let admittedAt = "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ position = ?"
    static let admittedByCause = "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ cause = ?"
    static let admittedByOrigin = """
        SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ origin_replica = ? AND origin_sequence = ? AND origin_hash = ? ORDER BY position LIMIT 1
        """
    static let admittedByOriginNumber =
        "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ origin_replica = ? AND origin_sequence = ? ORDER BY position"
    static let admittedAfter = "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ position > ? ORDER BY position LIMIT ?"
    /// For so many outcomes.
    static func admittedByOutcome(_ count: Int) -> String {
        let marks = [String](repeating: "?", count: count).joined(separator: ", ")
        return "SELECT \(admittedColumns) FROM admitted WHERE /*tenant = $tenant AND*/ outcome IN (\(marks)) ORDER BY position LIMIT ?"
    }

    // MARK: Records

    static let lastPosition =
        "SELECT position FROM admitted WHERE /*tenant = $tenant AND*/ admitted_at < ? ORDER BY admitted_at DESC, position DESC LIMIT 1"
    static let deleteLeftRows = """
        DELETE FROM scope_log WHERE /*tenant = $tenant AND*/ live = 0 AND (scope, key) IN
            (SELECT scope, key FROM scope_log WHERE /*tenant = $tenant AND*/ live = 0 AND position <= ? ORDER BY position LIMIT ?)
        """
    static let saveWaiting = """
        INSERT INTO waiting (/*tenant,*/ replica, sequence, position, deferred) VALUES (/*$tenant,*/ ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ replica, sequence) DO UPDATE SET position = excluded.position, deferred = excluded.deferred
        """
    static let deleteWaiting = "DELETE FROM waiting WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ?"
    static let emptyWaiting = "DELETE FROM waiting_record WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ?"
    static let saveWaitingRecord = "INSERT INTO waiting_record (/*tenant,*/ replica, key, sequence) VALUES (/*$tenant,*/ ?, ?, ?)"
    static let waiting = "SELECT replica, sequence, position, deferred FROM waiting WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ?"
    static let isAnythingWaiting = "SELECT EXISTS (SELECT 1 FROM waiting /*WHERE tenant = $tenant*/)"
    static let deferred = """
        SELECT replica, sequence, position, deferred FROM waiting WHERE /*tenant = $tenant AND*/ deferred = 1 AND position > ? ORDER BY position LIMIT ?
        """
    static let waitingCreating = "SELECT min(sequence) FROM waiting_record WHERE /*tenant = $tenant AND*/ replica = ? AND key = ?"
    static let waitingRecords = "SELECT key FROM waiting_record WHERE /*tenant = $tenant AND*/ replica = ? AND sequence = ? ORDER BY key"

    static let record = "SELECT entries, positions, scopes, edges, hash, deleted FROM record WHERE /*tenant = $tenant AND*/ key = ?"
    static let saveRecord = """
        INSERT INTO record (/*tenant,*/ key, entries, positions, scopes, edges, hash, deleted) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ key) DO UPDATE SET entries = excluded.entries, positions = excluded.positions, scopes = excluded.scopes,
            edges = excluded.edges, hash = excluded.hash, deleted = excluded.deleted
        """
    static let keys = "SELECT key FROM record /*WHERE tenant = $tenant*/ ORDER BY key LIMIT ?"
    static let keysAfter = "SELECT key FROM record WHERE /*tenant = $tenant AND*/ key > ? ORDER BY key LIMIT ?"

    // MARK: Scopes

    static let scopeRow = "SELECT scope, key, position, entered, live FROM scope_log WHERE /*tenant = $tenant AND*/ scope = ? AND key = ?"
    static let saveScopeRow = """
        INSERT INTO scope_log (/*tenant,*/ scope, key, position, entered, live) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ scope, key) DO UPDATE SET position = excluded.position, entered = excluded.entered, live = excluded.live
        """
    static let liveRows =
        "SELECT scope, key, position, entered, live FROM scope_log WHERE /*tenant = $tenant AND*/ scope = ? AND live = 1 ORDER BY key"
    static let liveRowsAfter = """
        SELECT scope, key, position, entered, live FROM scope_log WHERE /*tenant = $tenant AND*/ scope = ? AND key > ? AND live = 1 ORDER BY key LIMIT ?
        """
    static let changedRows = """
        SELECT scope, key, position, entered, live FROM scope_log WHERE /*tenant = $tenant AND*/ scope = ? AND key > ? AND position > ? ORDER BY key LIMIT ?
        """
    static let changedRowCount =
        "SELECT count(*) FROM (SELECT 1 FROM scope_log WHERE /*tenant = $tenant AND*/ scope = ? AND position > ? LIMIT ?) AS changed"
    static let digest = "SELECT records, total FROM scope_digest WHERE /*tenant = $tenant AND*/ scope = ?"
    static let saveDigest = """
        INSERT INTO scope_digest (/*tenant,*/ scope, records, total) VALUES (/*$tenant,*/ ?, ?, ?)
        ON CONFLICT (/*tenant,*/ scope) DO UPDATE SET records = excluded.records, total = excluded.total
        """

    // MARK: Snapshots

    static let snapshotsOfScope =
        "SELECT scope, position, epoch, history, made_at FROM snapshot WHERE /*tenant = $tenant AND*/ scope = ? ORDER BY position DESC"
    static let snapshots = "SELECT scope, position, epoch, history, made_at FROM snapshot /*WHERE tenant = $tenant*/ ORDER BY scope, position DESC"
    static let segments =
        "SELECT sha256, bytes, records FROM snapshot_segment WHERE /*tenant = $tenant AND*/ scope = ? AND position = ? ORDER BY number"
    static let saveSnapshot = """
        INSERT INTO snapshot (/*tenant,*/ scope, position, epoch, history, made_at) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ scope, position) DO UPDATE SET epoch = excluded.epoch, history = excluded.history, made_at = excluded.made_at
        """
    static let emptySnapshot = "DELETE FROM snapshot_segment WHERE /*tenant = $tenant AND*/ scope = ? AND position = ?"
    static let saveSegment =
        "INSERT INTO snapshot_segment (/*tenant,*/ scope, position, number, sha256, bytes, records) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?)"
    static let deleteSnapshot = "DELETE FROM snapshot WHERE /*tenant = $tenant AND*/ scope = ? AND position = ?"
    static let scopesWithSegment = "SELECT DISTINCT scope FROM snapshot_segment WHERE /*tenant = $tenant AND*/ sha256 = ? ORDER BY scope"

    // MARK: Edges

    private static let edgeColumns = "parent, child, source, window_around, starts, ends, active, class"
    static let edgesFrom = "SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ parent = ? ORDER BY child, source"
    static let edgesOfSource = "SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ source = ? ORDER BY parent, child"
    static let saveEdge = """
        INSERT INTO edge (/*tenant,*/ \(edgeColumns)) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ parent, child, source) DO UPDATE SET window_around = excluded.window_around, starts = excluded.starts,
            ends = excluded.ends, active = excluded.active, class = excluded.class
        """
    static let deleteEdge = "DELETE FROM edge WHERE /*tenant = $tenant AND*/ parent = ? AND child = ? AND source = ?"
    /// Four cases with an index each: to begin with an end ahead or without one, to end after its end or before its start.
    static let edgesDue = """
        SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ active = 0 AND ends > ?1 AND (starts IS NULL OR starts <= ?1)
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ active = 0 AND ends IS NULL AND (starts IS NULL OR starts <= ?1)
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ active = 1 AND ends <= ?1
        UNION ALL SELECT \(edgeColumns) FROM edge WHERE /*tenant = $tenant AND*/ active = 1 AND starts > ?1 AND (ends IS NULL OR ends > ?1)
        ORDER BY parent, child, source LIMIT ?2
        """

    // MARK: Views

    private static let viewColumns = "replica, scope, weight, added, dropped, class, classed"
    static let viewsHolding = "SELECT \(viewColumns) FROM view_scope WHERE /*tenant = $tenant AND*/ scope = ? AND weight > 0 ORDER BY replica"
    static let viewScope = "SELECT \(viewColumns) FROM view_scope WHERE /*tenant = $tenant AND*/ replica = ? AND scope = ?"
    static let saveViewScope = """
        INSERT INTO view_scope (/*tenant,*/ \(viewColumns)) VALUES (/*$tenant,*/ ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ replica, scope) DO UPDATE SET weight = excluded.weight, added = excluded.added, dropped = excluded.dropped,
            class = excluded.class, classed = excluded.classed
        """
    static let viewScopes = "SELECT \(viewColumns) FROM view_scope WHERE /*tenant = $tenant AND*/ replica = ? AND weight > 0 ORDER BY scope"
    static let saveInterval = """
        INSERT INTO view_interval (/*tenant,*/ replica, scope, added, dropped) VALUES (/*$tenant,*/ ?, ?, ?, ?)
        ON CONFLICT (/*tenant,*/ replica, scope, added) DO UPDATE SET dropped = excluded.dropped
        """
    static let deleteInterval = "DELETE FROM view_interval WHERE /*tenant = $tenant AND*/ replica = ? AND scope = ? AND added = ?"
    static let wasInView = """
        SELECT EXISTS (SELECT 1 FROM view_interval WHERE /*tenant = $tenant AND*/ replica = ?1 AND scope = ?2 AND added <= ?3 AND dropped > ?3)
        """
    static let droppedScopes = """
        SELECT DISTINCT scope FROM view_interval WHERE /*tenant = $tenant AND*/ replica = ?1 AND added <= ?2 AND dropped > ?2 ORDER BY scope
        """
    /// What changed in the scopes held up to a class, and all that is live in those that came into the view, or unless the whole
    /// view is held (?4) into their class, later.
    static let changes = """
        SELECT l.scope, l.key, l.position, l.entered, l.live
        FROM view_scope v CROSS JOIN scope_log l
        WHERE /*v.tenant = $tenant AND l.tenant = $tenant AND*/ l.scope = v.scope AND v.replica = ?1 AND v.weight > 0 AND v.class <= ?3 AND l.position > ?2
        UNION ALL
        SELECT l.scope, l.key, l.position, l.entered, l.live
        FROM view_scope v CROSS JOIN scope_log l
        WHERE /*v.tenant = $tenant AND l.tenant = $tenant AND*/ l.scope = v.scope AND v.replica = ?1 AND v.weight > 0 AND v.class <= ?3 AND (v.added > ?2 OR (?4 = 0 AND v.classed > ?2))
            AND l.position <= ?2 AND l.live = 1
        ORDER BY 2, 1
        """
    /// Each half stops at its first row.
    static let hasChanges = """
        SELECT EXISTS (SELECT 1 FROM view_scope WHERE /*tenant = $tenant AND*/ replica = ?1 AND added > ?2 AND weight > 0)
            OR EXISTS (SELECT 1 FROM view_interval WHERE /*tenant = $tenant AND*/ replica = ?1 AND added <= ?2 AND dropped > ?2)
            OR EXISTS (SELECT 1 FROM view_scope v CROSS JOIN scope_log l
                WHERE /*v.tenant = $tenant AND l.tenant = $tenant AND*/ l.scope = v.scope AND v.replica = ?1 AND v.weight > 0 AND l.position > ?2)
        """
}
