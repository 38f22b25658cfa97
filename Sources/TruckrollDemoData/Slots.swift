/// The times at which orders can be planned: three a working day and technician, far enough apart to drive.
///
/// A slot lasts 150 minutes: half an hour of travel, then the appointment. The third ends inside the day of 510 minutes.
struct Slots: Sendable {
    static let dayMinutes = 510
    static let travelMinutes = 30
    static let perDay = 3

    /// One of them.
    struct Slot: Sendable {
        let day: Int
        let place: Int
        let technician: Int
    }

    /// Working days with their technicians, in order; on the start day the story keeps the first two for itself.
    private let days: [(day: Int, technicians: Range<Int>, firstSlot: Int)]
    let count: Int

    init(size: DemoSize, calendar: DemoCalendar) {
        var days: [(day: Int, technicians: Range<Int>, firstSlot: Int)] = []
        var count = 0
        for day in -7 * size.weeksBefore..<7 * size.weeksAfter where !calendar.isWeekend(day) {
            let technicians = (day == 0 ? 2 : 0)..<size.technicians
            days.append((day, technicians, count))
            count += technicians.count * Self.perDay
        }
        self.days = days
        self.count = count
    }

    /// Minutes after the beginning of the working day at which a slot's travel begins.
    static func begin(of place: Int) -> Int { place * (dayMinutes - 150) / (perDay - 1) }

    /// Slots by number are in the order of time; within a place of a day the technicians are dealt anew by `seed`.
    func slot(_ number: Int, seed: UInt64) -> Slot {
        let found = days.last { $0.firstSlot <= number } ?? days[0]
        let (place, position) = (number - found.firstSlot).quotientAndRemainder(dividingBy: found.technicians.count)
        var random = SeededRandom(seed: seed, .round, (found.day + 10_000) * Self.perDay + place)
        let turn = random.number(below: found.technicians.count)
        let technician = found.technicians.lowerBound + (position + turn) % found.technicians.count
        return Slot(day: found.day, place: place, technician: technician)
    }
}
