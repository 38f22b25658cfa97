/// One entry of a run's list: something a person does, a visit to the server, or a fault.
///
/// A step names what it works on by numbers that are taken modulo what is there, so that a list stays playable when others of
/// its steps are left out.
public struct Step: Hashable, Sendable, Codable {
    /// Milliseconds that pass before it.
    public var pause: Int64
    /// Which device, modulo their number.
    public var device: Int
    public var action: Action

    public init(pause: Int64, device: Int, action: Action) {
        self.pause = pause
        self.device = device
        self.action = action
    }

    public enum Action: Hashable, Sendable, Codable {
        /// A person records something: which act, on which of the things it can be done to, and how.
        case act(Act, pick: UInt32, how: UInt32)
        /// The device visits the server.
        case sync(Disturbance?)
        /// A visit in which everything is compared.
        case audit
        /// The device's process ends at the n-th storage write of what it does next.
        case crashDevice(write: Int)
        /// The server's process ends at the n-th storage write of what it does next.
        case crashServer(write: Int)
        /// The device's clock moves by so many milliseconds.
        case moveClock(Int64)
        /// Somebody keeps a copy of the device's store.
        case keepCopy
        /// The device goes on from the kept copy; what it recorded since and had not sent is gone with the old store.
        case restoreCopy
        /// The kept copy goes on as well, beside the device.
        case runCopy
        /// Bytes of a confirmed record change on the device's disk.
        case damage(pick: UInt32)
        /// A set that no sound program makes comes into its outbox.
        case forge(pick: UInt32)
        /// The operator keeps a copy of the server's database.
        case backup
        /// The operator puts the copy back with the command for it.
        case restoreServer
        /// The operator puts the copy back by hand: nothing outside the database tells.
        case putBackByHand
        /// The device is shut out.
        case revoke
        /// The device's user enrols a new one.
        case enrol
        /// The same, and the new one's first visit breaks off when it shows no more than what is needed today.
        case enrolInPart
        /// The same, and an answer of the new one's first visit is lost: that to the message of this number, from 0.
        case enrolBroken(message: Int)
        /// The server's clock does what is due.
        case tick
        /// The server forgets what left a scope longer ago than the horizon.
        case collect
        /// The device learns the newer schema.
        case upgradeDevice
        /// The server learns the newer schema.
        case upgradeServer
    }
}

/// What the network does to one message of a visit.
public struct Disturbance: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The request never arrives.
        case requestLost
        /// The request arrives, the answer does not.
        case replyLost
        /// The answer ends after some of its bytes.
        case replyCut
        /// The request ends after some of its bytes.
        case requestCut
        /// The request arrives twice.
        case doubled
        /// The request arrives after the next visits; its sender has given up on it.
        case late
    }

    public var kind: Kind
    /// Which message of the visit, from 0.
    public var message: Int
    /// For a cut: after how many thousandths of the bytes.
    public var cut: Int

    public init(kind: Kind, message: Int, cut: Int = 0) {
        self.kind = kind
        self.message = message
        self.cut = cut
    }
}

/// What people do.
public enum Act: String, Hashable, Sendable, Codable, CaseIterable {
    // A technician, on a job
    case accept, travel, arrive, start, pause, resume, decline, noAccess, complete, sign, certify
    case note, labour, finding, reading, partFromVan, partFromDepot, partOnLease, reserve, lease
    case finishTask, answerTask, retitleTask, deleteTask, addTask, restrictAsset, retitleOrder, tagOrder, untagOrder, takeOrder, writeText
    case handOver, answerHandOver, countStock
    case moveAsset, recordAssetEvent, readMeter, tellAlert, orderDue
    case callOff, leaseBlanket, decideRelease, moveRelease
    // A dispatcher, in the office
    case createOrder, assign, reassign, unassign, move, cancel, prioritise, restock, transfer, releaseAsset, resolveException, guardedEdit, makePlan
}
