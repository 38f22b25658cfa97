import TruckrollCore
import TruckrollDomain

/// A made-up company that services gas detection, complete down to its stock and its orders of two weeks.
///
/// Invariant: everything follows from `seed`, `size` and `startDay`. No clock, no random source, no setting of the machine
/// and no order of a hash table takes part, so two machines make the same bytes.
public struct DemoCompany: Sendable {
    public let seed: UInt64
    public let size: DemoSize
    /// The day the story happens on; orders before it are done.
    public let startDay: CalendarDate
    let calendar: DemoCalendar
    let slots: Slots

    public init(seed: UInt64, size: DemoSize, startDay: CalendarDate) {
        self.seed = seed
        self.size = size
        self.startDay = startDay
        calendar = DemoCalendar(startDay: startDay)
        slots = Slots(size: size, calendar: calendar)
    }

    /// `startDay` is written YYYY-MM-DD; `nil` for a day that does not exist.
    public init?(seed: UInt64, size: DemoSize, startDay: String) {
        guard let day = CalendarDate(startDay) else { return nil }
        self.init(seed: seed, size: size, startDay: day)
    }

    /// Every record, made while it is asked for. A reference always points to an earlier record.
    public var records: DemoRecords { DemoRecords(company: self) }

    /// For every order, in the order of their numbers, what is planned and how far it got; made while it is asked for.
    public var plans: some RandomAccessCollection<DemoPlan> {
        let company = self
        return (0..<size.orders).lazy.map { company.plan($0) }
    }
}

extension DemoCompany {
    func random(_ stream: Stream, _ index: Int) -> SeededRandom { SeededRandom(seed: seed, stream, index) }

    /// A UUID version 7 from the day before the start day. Ids of one kind ascend with their numbers.
    func id(_ stream: Stream, _ index: Int) -> RecordID {
        var random = SeededRandom(seed: seed, stream, index, purpose: 1)
        let midnight = (startDay.daysSince1970 - 1) * 86_400_000
        let milliseconds = midnight + Int(stream.rawValue) * 3_600_000 + index
        return RecordID.version7(milliseconds: UInt64(max(0, milliseconds)), using: &random)
    }

    func reference(_ stream: Stream, _ index: Int) -> Value { .reference(id(stream, index)) }

    /// Where a thing lies, up to about three kilometres from the middle of its town.
    func place(near town: Town, using random: inout SeededRandom) -> Value {
        let latitude = town.latitude + random.number(in: -300_000...300_000)
        let longitude = town.longitude + random.number(in: -450_000...450_000)
        return .list([.integer(Int64(latitude)), .integer(Int64(longitude))])
    }

    func tenant() -> RecordDraft {
        RecordDraft(
            "tenant", id: id(.tenant, 0),
            [
                "name": .text("Halligtal Gaswarnservice GmbH"), "street": .text("Siloweg 14"), "postal_code": .text("24939"),
                "city": .text("Flensburg"), "country": .text("DE"), "time_zone": .text("Europe/Berlin"), "code": .text("HGS"),
            ])
    }
}

extension Value {
    static func texts(_ texts: [String]) -> Value { .list(texts.map { .text($0) }) }
    static func date(_ date: CalendarDate) -> Value { .text(date.description) }
}
