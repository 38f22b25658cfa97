/// The writes of the two ports, in the order of their protocols, and the two sides of a commit: the places where a process can
/// be killed with a difference to what is on its disk.
public enum StoreCall: String, Hashable, Sendable, CaseIterable {
    // The server's port
    case saveTenant, insertEpoch, saveReplica, setAwaited, saveReport, saveEnrolmentCode
    case insertAdmitted, replaceSet, saveWaiting, deleteWaiting, saveRecord, saveScopeRow, deleteLeftRows
    case saveEdge, deleteEdge
    case saveViewScope, saveInterval, deleteInterval
    case saveSnapshot, deleteSnapshot

    // Both ports
    case saveDigest

    // The device's port
    case saveIdentity, saveState
    case appendOwnSet, updateOwnSet
    case saveConfirmed, deleteConfirmed, deleteScope
    case saveOverlay, deleteOverlay
    case saveColumns, saveWords, saveAttachment
    case appendPart, deleteParts, appendRecovered, deleteRecovered
    case deleteUnreadable, deleteDerived

    /// The body has returned and nothing is committed yet.
    case beginCommit
    /// The commit stands and the caller does not know it yet.
    case afterCommit
}

/// Decides before each ``StoreCall`` whether the process lives on; what it throws is what the transaction throws.
public typealias StoreFault = (StoreCall) throws -> Void
