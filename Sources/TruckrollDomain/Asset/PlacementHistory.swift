import TruckrollCore

/// Where an asset has stood and whose it has been: intervals that begin when a placement says, and last until the next begins. So there is
/// neither gap nor overlap, whatever is recorded, in whatever order.
public struct PlacementHistory: Sendable {
    /// Where an asset stands and whose it is from a moment on.
    public struct Placement: Hashable, Sendable {
        /// Its record.
        public let id: RecordID
        /// From when on it is so, in Unix milliseconds; 0 where nobody knows.
        public let since: Int64
        /// `nil` where it is the customer's whose site it is.
        public let owner: RecordID?
        /// Where it stands.
        public let site: RecordID
        /// The hazardous area; `nil` where it stands in none.
        public let area: RecordID?
        /// Where in the plant.
        public let mounting: String?
        /// The asset it is a part of.
        public let parent: RecordID?
        /// When it was written down, by the clock that the server has corrected; the later of two that begin at one moment holds.
        let written: Stamp

        /// As a record says; `nil` for one that says not where or since when.
        public init?(_ view: RecordView) {
            guard let since = view.time("since"), let site = view.reference("site"), let field = view.entity["site"],
                let written = view.record[field.id]?.version.stamp
            else { return nil }
            id = view.id
            self.since = since.milliseconds
            self.site = site
            self.written = written
            (owner, area, mounting, parent) = (view.reference("owner"), view.reference("area"), view.text("mounting"), view.reference("parent"))
        }

        /// The fields of an asset that say the same.
        public var assetFields: [String: Value] {
            [
                "owner": .optional(owner), "site": .reference(site), "area": .optional(area), "mounting": .optional(mounting),
                "parent": .optional(parent),
            ]
        }

        /// Whether an asset's fields say the same.
        public func agrees(with asset: RecordView) -> Bool { assetFields.allSatisfy { asset[$0.key] == $0.value } }
    }

    /// A placement with the moment at which another took its place.
    public struct Interval: Hashable, Sendable {
        /// What held.
        public let placement: Placement
        /// In Unix milliseconds, not included; `nil` for the one that holds.
        public let end: Int64?
    }

    /// Ascending, each with a beginning of its own.
    public let placements: [Placement]

    /// - Parameter views: the records of one asset; those that a later one corrects count for nothing.
    public init(_ views: [RecordView]) {
        let corrected = views.corrected
        let ascending = views.filter { !corrected.contains($0.id) }.compactMap { Placement($0) }.sorted {
            ($0.since, $0.written, $0.id) < ($1.since, $1.written, $1.id)
        }
        placements = ascending.enumerated().filter { place, placement in
            place + 1 == ascending.count || ascending[place + 1].since > placement.since
        }.map(\.element)
    }

    /// The intervals, ascending: each ends where the next begins.
    public var intervals: [Interval] {
        zip(placements, placements.dropFirst().map { Optional($0.since) } + [nil]).map { Interval(placement: $0, end: $1) }
    }

    /// What held at a moment; `nil` before everything that is known.
    public func placement(at moment: Int64) -> Placement? { placements.last { $0.since <= moment } }

    /// When the next placement after a moment begins.
    public func nextChange(after moment: Int64) -> Int64? { placements.first { $0.since > moment }?.since }

    /// The id of the first placement of an asset, which says where it stood before somebody recorded any. The server makes it when it hears of
    /// another; who puts an asset up makes it with the asset.
    public static func firstID(_ entity: Entity, asset: RecordID) -> RecordID {
        RecordID.derived(type: entity.type, key: [asset.bytes, Array("first".utf8)])
    }

    /// The fields of that first placement, as an asset's record says where it stands. It began on its first day in service; where nobody knows
    /// that, before everything else.
    ///
    /// - Parameters:
    ///   - others: when the earliest other placement begins, in Unix milliseconds: a first day in service after that says nothing of before.
    ///   - calendar: the tenant's: a first day in service begins with it.
    ///   - author: who makes it, and when.
    public static func firstFields(
        of asset: RecordView, before others: Int64?, calendar: TenantCalendar, author: (user: RecordID, at: DeviceTime)
    ) -> [String: Value] {
        let start = ["installed_on", "commissioned_on"].compactMap { asset.text($0).flatMap { CalendarDate($0) } }.first
        let begun = start.map { calendar.instant($0, minute: 0) }.flatMap { $0 < others ?? .max ? $0 : nil }
        let since = begun.map { calendar.local($0) } ?? DeviceTime(milliseconds: 0, offsetMinutes: 0)
        let stands = ["owner", "site", "area", "mounting", "parent"].map { ($0, asset[$0]) }
        return ["asset": .reference(asset.id), "since": .text(since.description), "at": .text(author.at.description), "by": .reference(author.user)]
            .merging(stands) { $1 }
    }
}

extension [RecordView] {
    /// What others of these entries of a log replace.
    public var corrected: Set<RecordID> { Set(compactMap { $0.reference("corrects") }) }
}
