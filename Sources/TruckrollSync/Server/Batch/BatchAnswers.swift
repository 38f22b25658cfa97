import TruckrollCore
import TruckrollDomain

/// What the store answered to questions that are asked again and again, for as long as nothing is written that may change it.
struct BatchAnswers {
    var epochs: [EpochRow]?
    var isAnythingWaiting: Bool?
    /// When no edge was due, Unix milliseconds.
    var noEdgeDue: Int64?
    /// The moments at which no record of an entity is.
    var noneDue: [EntityType: ClosedRange<Int64>] = [:]
    /// The numbers of a device.
    var numbers: [DeviceID: [ReplicaID]] = [:]
    var ids: [IDsQuestion: [RecordID]] = [:]
    var wasInView: [WasInViewQuestion: Bool] = [:]
    /// Sets that are there.
    var positions: [Position: AdmittedSet] = [:]
    var origins: [Origin: AdmittedSet?] = [:]
    /// By the bytes of their texts.
    var causes: [[UInt8]: AdmittedSet?] = [:]

    struct IDsQuestion: Hashable {
        let type: EntityType
        let column: String
        let value: Value
    }

    struct WasInViewQuestion: Hashable {
        let key: ViewScopeKey
        let position: Position
    }
}
