import TruckrollCore
import TruckrollDomain

/// The part of a company that a demonstration plays with; it is the same in every size.
public struct DemoStory: Hashable, Sendable {
    /// Two technicians of one depot, each with a van.
    public let technicians: [DemoPerson]
    public let dispatcher: DemoPerson
    public let quality: DemoPerson
    /// The depot both technicians start from.
    public let depot: RecordID
    /// The first technician's order on the start day, which both will edit.
    public let calibrationOrder: RecordID
    /// The assets of ``calibrationOrder``, first the one whose channel is ``channel``.
    public let calibrationAssets: [RecordID]
    /// The first channel of the first asset: methane in %LEL by the IEC basis.
    public let channel: RecordID
    /// The first technician's other order of the day, which will go to the second one, who is free at that time.
    public let reassignedOrder: RecordID
    /// The second technician's order on the start day.
    public let repairOrder: RecordID
    /// What the repair is about; ``lastPart`` is approved for it.
    public let repairAsset: RecordID
    /// A part of which the shared depot has exactly one, and no van any.
    public let lastPart: RecordID
    /// A part that both vans hold.
    public let vanPart: RecordID
    /// How many of ``vanPart`` each van holds.
    public let vanPartQuantity: Int
    /// A cylinder in the first technician's van that shows half the range of ``channel``; it is not expired.
    public let spanGas: RecordID
    /// A cylinder of synthetic air in the same van; it is not expired.
    public let zeroGas: RecordID
}

extension DemoCompany {
    /// What a demonstration on the start day needs to know.
    public var story: DemoStory {
        let subjects = (0..<Self.storyOrders).map { subject($0) }
        return DemoStory(
            technicians: [demoPerson(0), demoPerson(1)], dispatcher: demoPerson(size.technicians), quality: quality, depot: id(.depot, 0),
            calibrationOrder: id(.order, 0), calibrationAssets: subjects[0].assets.map { id(.asset, $0) }, channel: channelID(0, of: 0),
            reassignedOrder: id(.order, 1), repairOrder: id(.order, 2), repairAsset: id(.asset, assetNumbers(at: 1).lowerBound),
            lastPart: id(.part, CuratedParts.lastUnit), vanPart: id(.part, CuratedParts.vanPart),
            vanPartQuantity: CuratedParts.all[CuratedParts.vanPart].inVan, spanGas: cylinderID(CylinderKind.methane, at: van(of: 0)),
            zeroGas: cylinderID(CylinderKind.zero, at: van(of: 0)))
    }
}
