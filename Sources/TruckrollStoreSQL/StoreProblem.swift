import TruckrollSync

/// Why a database, a file or a server's, could not be opened, read or written. Every case says what the reader does next.
public enum StoreProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process holds the file. Nothing was touched.
    case inUse(path: String, process: Int32?)
    /// The file, or a part of it, is not what this program wrote. Nothing was changed by the attempt to read it.
    case corrupt(path: String, detail: String)
    /// The file, or what stands in the database server under the names of our tables, belongs to another kind of store or another program.
    case foreign(path: String, detail: String)
    /// A newer version of the program wrote the file or the tables. They were left untouched.
    case newer(path: String, version: Int, newestKnown: Int)
    /// The disk is full. The transaction was rolled back.
    case diskFull(path: String)
    /// The disk failed to read or write. The transaction was rolled back.
    case io(path: String, detail: String)
    /// The file, or its log, was taken away or replaced while it was open. What was written is in no file any more.
    case removed(path: String)
    /// The file cannot be opened or created.
    case cannotOpen(path: String, detail: String)
    /// The file cannot be written, by its permissions or inside a read.
    case readOnly(path: String)
    /// A program other than this one holds the file's own lock.
    case busy(path: String)
    /// The store was closed before this call.
    case closed(path: String)
    /// SQLite would not wait for the disk at every commit, so acknowledged work could be lost.
    case notDurable(path: String, synchronous: Int)
    /// A row with this write id, position, cause or name is there already. Nothing of the call was kept.
    case taken(detail: String)
    /// A value has no place in the database: a number above 2^63-1, a text with the character NUL.
    case unstorable(detail: String)
    /// Something that should not happen: a broken invariant, or a fault in SQL.
    case failed(path: String, detail: String)
    /// The database server does not answer, or answers nobody now. The transaction was rolled back.
    case unreachable(place: String, detail: String)
    /// The connection broke while a commit was under way, and nobody can say yet whether it was kept.
    case outcomeUnknown(place: String)
    /// The database server is a standby, which takes no writes.
    case standby(place: String)
    /// Others held what this transaction needed for too long. It was rolled back.
    case contended(place: String, detail: String)
    /// The database server would lose at a power failure what it has acknowledged.
    case serverNotDurable(place: String, setting: String)
    /// The database server has been replaced: the tenants have gone on in another branch of its history.
    case fenced(place: String, timeline: String)
    /// The database server has begun a branch of its history of which the tenant does not know yet.
    case newTimeline(place: String, timeline: String)
    /// What was given as the database's address is no connection string. It is not repeated, as there may be a password in it.
    case addressUnreadable
    /// A row of a database server, or the place where it lies, is not what this program wrote.
    case corruptRow(place: String, detail: String)

    /// The name in logs and in machine-readable output. Once released it never changes.
    public var code: String {
        switch self {
        case .inUse: "store-in-use"
        case .corrupt: "store-corrupt"
        case .foreign: "store-foreign"
        case .newer: "store-newer"
        case .diskFull: "store-disk-full"
        case .io: "store-io"
        case .removed: "store-removed"
        case .cannotOpen: "store-cannot-open"
        case .readOnly: "store-read-only"
        case .busy: "store-busy"
        case .closed: "store-closed"
        case .notDurable: "store-not-durable"
        case .taken: "store-taken"
        case .unstorable: "store-unstorable"
        case .failed: "store-failed"
        case .unreachable: "store-unreachable"
        case .outcomeUnknown: "store-outcome-unknown"
        case .standby: "store-standby"
        case .contended: "store-contended"
        case .serverNotDurable: "store-not-durable"
        case .fenced: "store-fenced"
        case .newTimeline: "store-new-timeline"
        case .addressUnreadable: "store-address-unreadable"
        case .corruptRow: "store-corrupt"
        }
    }

    public var description: String {
        switch self {
        case .inUse(let path, let process):
            "\(path) is in use by \(process.map { "process \($0)" } ?? "another process"). Wait for it to end, or stop it, then try again."
        case .corrupt(let path, let detail):
            """
            \(path) is damaged or no database: \(detail). Keep a copy of the file together with its -wal and -shm files, check \
            the disk, then put the last backup in its place.
            """
        case .foreign(let path, let detail):
            "\(path) is no file of this store: \(detail). Name the right file, or an unused path to start a new one."
        case .newer(let path, let version, let newestKnown):
            """
            \(path) was written by a newer version (layout \(version), this program knows up to \(newestKnown)) and was left as it \
            is. Upgrade this program, or restore the backup that was made before the upgrade.
            """
        case .diskFull(let path):
            "No space left for \(path). Nothing of this step was kept; free disk space and repeat it."
        case .io(let path, let detail):
            "The disk failed at \(path): \(detail). Nothing of this step was kept; check the disk and its mount, then repeat it."
        case .removed(let path):
            """
            \(path) or the log beside it was removed or replaced while it was in use. Nothing more is taken; stop this program, then put \
            the newest copy in its place.
            """
        case .cannotOpen(let path, let detail):
            "\(path) cannot be opened: \(detail). Check that its folder exists and that this user may write there."
        case .readOnly(let path):
            "\(path) cannot be written here. Give this user the right to write the file and its folder; inside a read nothing is written."
        case .busy(let path):
            "\(path) is locked by another program, such as a database shell or a backup. End it, then try again."
        case .closed(let path):
            "\(path) was closed. Open the store again."
        case .notDurable(let path, let synchronous):
            "\(path) would not survive a power loss (synchronous is \(synchronous), not 2). Use a SQLite that honours PRAGMA synchronous."
        case .taken(let detail):
            "Already stored: \(detail). Read what is there before writing again."
        case .unstorable(let detail):
            "Cannot be stored: \(detail). Refuse such values before they get here."
        case .failed(let path, let detail):
            "\(path) refused a step: \(detail). Nothing of it was kept; report this as a fault of the program."
        case .unreachable(let place, let detail):
            "\(place) does not answer: \(detail). Nothing of this step was kept; check that PostgreSQL runs and takes connections, then repeat it."
        case .outcomeUnknown(let place):
            "\(place) was lost in the midst of a commit. Repeat the step: what was kept is recognised and not done twice."
        case .standby(let place):
            """
            \(place) is a standby and takes no writes. Name the primary, or all hosts separated by commas: postgres://user@one,two/database.
            """
        case .contended(let place, let detail):
            "\(place) was busy with others: \(detail). Nothing of this step was kept; repeat it."
        case .serverNotDurable(let place, let setting):
            "\(place) would lose acknowledged work at a power failure: \(setting) is off or local there. Set it to on and reload PostgreSQL."
        case .fenced(let place, let timeline):
            """
            \(place) has been replaced: it stands in timeline \(timeline), and the tenants have gone on elsewhere. Stop it, or make it a \
            standby of the present primary. To go back to it for good, see “Fencing” in docs/postgresql.md.
            """
        case .newTimeline(let place, let timeline):
            "\(place) stands in timeline \(timeline), which is new. Repeat the step: a new epoch begins first."
        case .addressUnreadable:
            "The address of the PostgreSQL database cannot be read. Write it as postgres://user@host:5432/database."
        case .corruptRow(let place, let detail):
            """
            \(place) is damaged: \(detail). Stop the servers, keep a copy of the cluster's directory, check its disk, then restore the \
            newest backup.
            """
        }
    }
}

extension StoreProblem {
    /// Whether every file on the same disk is likely to have it.
    public var isOfDisk: Bool {
        switch self {
        case .diskFull, .io, .readOnly: true
        default: false
        }
    }

    /// Whether the same step may well succeed a moment later.
    public var mayPass: Bool {
        switch self {
        case .unreachable, .outcomeUnknown, .standby, .contended, .fenced, .newTimeline: true
        default: false
        }
    }

    /// Whether what the file holds may still be read when this keeps it from being written.
    package var leavesReading: Bool {
        switch self {
        case .diskFull, .io: true
        default: false
        }
    }
}

extension StoreProblem: FaultOfSet {
    /// What a set wants stored cannot be; any other set can.
    public var isFaultOfSet: Bool {
        switch self {
        case .taken, .unstorable: true
        default: false
        }
    }

    public var befallsAll: Bool {
        switch self {
        case .closed, .removed, .busy: true
        default: mayPass || isOfDisk
        }
    }
}

extension StoreProblem: DamageOfStore {
    public var damage: String? {
        switch self {
        case .corrupt(_, let detail), .corruptRow(_, let detail): detail
        default: nil
        }
    }
}
