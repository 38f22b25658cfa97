import TruckrollCore

/// Every bound of the protocol, with its unit and its reason. A change of one is a change of the protocol.
public enum Limits {
    /// The newest protocol version this code speaks. It rises only when the meaning of bytes changes.
    public static let protocolVersion: UInt32 = 1
    /// The oldest one: a device that speaks an older one may still bring what it holds, and is shown nothing.
    public static let oldestProtocol: UInt32 = 1
    /// Change sets in one push: what one transaction of the server takes.
    public static let setsInPush = 256
    /// Records one repair asks for by key; more come with their scopes.
    public static let keysInRepair = 20_000
    /// How long the scope log remembers what left a scope, and how long a write brings back what was deleted without its knowing.
    public static let horizonSeconds = 90 * 86_400
    /// Former checkpoints a device keeps and shows.
    public static let formerCheckpoints = 8
    /// Enrolments a carry shows: of more numbers the sets come with a later one.
    public static let shownEnrolments = 16
    /// Answers a device shows whose effect it does not hold yet, one for each of its numbers.
    public static let shownAnswers = 8
    /// Deferred sets a device asks about again in one push.
    public static let deferredSetsInPush = 16
    /// Bytes of one push; a request body may be this and 64 KiB for the rest of the request.
    public static let pushBytes = 1 << 20
    public static let requestBytes = pushBytes + 65536
    /// Bytes a second of the slowest line on which a message is waited for.
    public static let slowestBytesPerSecond = 1024
    /// Bytes of one change set's body: a certificate and its event fit, a photo does not.
    public static let setBytes = 256 << 10
    /// Ops in one change set: a user's action, not a migration.
    public static let opsInSet = 500
    /// Events of an order that a fold walks back over: no order has as many, and an event costs the server no more reads.
    public static let eventsInWalk = 1_000
    /// Bytes of one encoded value.
    public static let valueBytes = 256 << 10
    /// Bytes of one record's entries.
    public static let recordBytes = 1 << 20
    /// Scopes one record may lie in.
    public static let scopesOfRecord = 16
    /// Scopes one repair takes up; a larger view is repaired in several goes.
    public static let scopesOfView = 10_000
    /// Scopes one repair compares range by range, at about 450 bytes each; further ones come whole.
    public static let probesInRepair = 1_000
    /// Bases one write may name; more siblings than this stand nowhere.
    public static let basesOfWrite = 64
    /// UTF-8 bytes of a jointly edited text, and of its encoding: it travels whole, so what is longer goes into a note.
    public static let textBytes = JointText.maximumTextBytes
    public static let encodedTextBytes = JointText.maximumEncodedBytes
    /// Characters a text may have had in its life, erased ones included: they take memory at both ends.
    public static let textCharacters = JointText.maximumCharacters
    /// Bytes of one attachment.
    public static let attachmentBytes = 64 << 20
    /// Bytes of one part of an attachment, which is all that a broken line costs.
    public static let attachmentPartBytes = 1 << 20
    /// Attachments of one replica that arrive in parts at a time, and the seconds after which one that nobody goes on with is
    /// thrown away.
    public static let partialUploads = 4
    public static let partialUploadSeconds = 7 * 86_400
    /// Milliseconds a device's stamp may lie ahead of the server.
    public static let aheadMilliseconds = StampRule.aheadMilliseconds
    /// Times that a record of work can have, Unix milliseconds: from 2000-01-01 to the end of 2099, in UTC.
    public static let plausibleTimes: Range<Int64> = 946_684_800_000..<4_102_444_800_000
    /// How long after it was done work is entered without a mark on its time.
    public static let lateEntrySeconds = 31 * 86_400
    /// Seconds an access token is valid.
    public static let tokenSeconds = 600
    /// Seconds a signed request may differ from the server's clock.
    public static let requestAgeSeconds = 120
    /// Wake-up streams a replica keeps open; with a further one the oldest ends.
    public static let streamsOfReplica = 4
    /// Seconds between two heartbeats of the wake-up stream.
    public static let heartbeatSeconds = 25
    /// Seconds an enrolment code is valid. It has 100 random bits and works once.
    public static let enrolmentCodeSeconds = 3 * 24 * 3600
    /// Numbers a device gets at once for copies of it that were found, and the seconds after which it gets one more.
    public static let replicasAtOnce = 6
    public static let replicaRefillSeconds = 600
    /// Stock leases: the device stops spending, the server takes back.
    public static let leaseSoftSeconds = 36 * 3600
    public static let leaseHardSeconds = 72 * 3600
    /// After a restore nothing scarce is promised anew for at most so long; and who was in contact so long before is waited for.
    public static let settlingSeconds = 24 * 3600
    /// How exactly the last contact of a replica is kept.
    public static let seenSeconds = 3600
    /// Within what time it is stored how a device stands.
    public static let reportSeconds = 60
    /// Of what a device says it runs.
    public static let softwareCharacters = 40
    /// Entries of others' lost sets that a device offers in one request, and their bytes.
    public static let recoveredInRequest = 500
    public static let recoveredBytes = 200 << 10
    /// Requests of one device, in one epoch, whose recovered entries leave anything: what all of a large company's day shows, and
    /// no more for a device that makes them up.
    public static let recoveredRequests = 100
    /// What is kept of one lost set.
    public static let recoveredStateBytes = 250_000
    /// Stock leases a device shows in one request.
    public static let shownLeases = 500
    /// Days before and after today whose appointments a technician holds.
    public static let windowDaysBack = 7
    public static let windowDaysAhead = 14
    /// Days from today on whose appointments come in the first class of a view that is being filled.
    public static let firstClassDays = 2
    /// Records and bytes of one part of a view that is being filled: a part that was lost costs no more to send again.
    public static let recordsInPart = 2_000
    public static let partBytes = 256 << 10
    /// Live records from which on a shared scope comes by its snapshot: below that, a part or two are the shorter way.
    public static let recordsForSnapshot = 1_000
    /// Bytes of records after which a segment of a snapshot ends: what a broken line costs at most.
    public static let segmentBytes = 256 << 10
    /// Bytes a segment has as it travels, and what it inflates to: a record may have 1 MiB and is never split.
    public static let compressedSegmentBytes = 2 << 20
    public static let segmentContentBytes = 2 << 20
    /// Segments in a snapshot; a scope that needs more comes in parts.
    public static let segmentsInSnapshot = 2_000
    /// Percent of a scope's records that may have changed since its snapshot before another one is made.
    public static let snapshotTailPercent = 10
    /// Snapshots of a scope that are kept, and for how many seconds after a newer one was made: whoever is on the way to an
    /// older one arrives.
    public static let snapshotsOfScope = 3
    public static let supersededSnapshotSeconds = 7 * 86_400
}
