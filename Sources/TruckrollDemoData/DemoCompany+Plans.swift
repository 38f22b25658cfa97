import TruckrollCore
import TruckrollDomain

/// Where an order is in the calendar, in numbers.
struct PlannedTime: Sendable {
    let technician: Int
    let day: Int
    /// Minutes after midnight, local.
    let begin: Int
    let end: Int
}

extension DemoCompany {
    /// The story's orders come first, then the planned ones in the order of time, then those nobody is planned for.
    static let storyOrders = 3

    /// One order in ten waits for a technician.
    var plannedOrders: Int { Self.storyOrders + min(slots.count, (size.orders - Self.storyOrders) * 9 / 10) }

    func plannedTime(_ order: Int) -> PlannedTime? {
        switch order {
        case 0: return storyTime(technician: 0, place: 0, minutes: 105)
        case 1: return storyTime(technician: 0, place: 2, minutes: 90)
        case 2: return storyTime(technician: 1, place: 0, minutes: 90)
        default: break
        }
        guard order < plannedOrders else { return nil }
        let spread = plannedOrders - Self.storyOrders
        let slot = slots.slot((order - Self.storyOrders) * slots.count / spread, seed: seed)
        var random = SeededRandom(seed: seed, .order, order, purpose: 2)
        let begin = dayStart(of: slot.technician) + Slots.begin(of: slot.place) + Slots.travelMinutes + 15 * random.number(below: 2)
        return PlannedTime(technician: slot.technician, day: slot.day, begin: begin, end: begin + 60 + 15 * random.number(below: 4))
    }

    private func storyTime(technician: Int, place: Int, minutes: Int) -> PlannedTime {
        let begin = dayStart(of: technician) + Slots.begin(of: place) + Slots.travelMinutes
        return PlannedTime(technician: technician, day: 0, begin: begin, end: begin + minutes)
    }

    func plan(_ order: Int) -> DemoPlan {
        let time = plannedTime(order)
        return DemoPlan(
            order: id(.order, order), number: orderNumber(order), technician: time.map { id(.user, $0.technician) },
            startsAt: time.map { calendar.time($0.day, minute: $0.begin) }, endsAt: time.map { calendar.time($0.day, minute: $0.end) },
            progress: progress(time))
    }

    func progress(_ time: PlannedTime?) -> DemoPlan.Progress {
        guard let time else { return .ready }
        return time.day < 0 ? .completed : .dispatched
    }

    func orderNumber(_ order: Int) -> String { "SO-\(startDay.year)-\(padded(order + 1, 6))" }
}
