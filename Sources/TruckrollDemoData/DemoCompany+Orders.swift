import TruckrollCore
import TruckrollDomain

/// The kinds of order the generator makes; the raw values are the schema's.
enum OrderKind: String, Sendable {
    case calibration, inspection, repair, emergency
}

/// Where and what, before it is put into words.
struct OrderSubject: Sendable {
    let kind: OrderKind
    let site: Int
    /// Numbers of the assets, ascending.
    let assets: [Int]
}

extension DemoCompany {
    func subject(_ order: Int) -> OrderSubject {
        switch order {
        case 0: return OrderSubject(kind: .calibration, site: 0, assets: Array(assetNumbers(at: 0).prefix(4)))
        case 1: return OrderSubject(kind: .inspection, site: 2, assets: Array(assetNumbers(at: 2).prefix(2)))
        case 2: return OrderSubject(kind: .repair, site: 1, assets: Array(assetNumbers(at: 1).prefix(1)))
        default: break
        }
        var random = random(.order, order)
        let site = random.number(below: size.sites)
        let draw = random.number(below: 100)
        var kind: OrderKind = draw < 48 ? .calibration : draw < 70 ? .inspection : draw < 92 ? .repair : .emergency
        // Nobody knows of next week's emergencies.
        if kind == .emergency, let time = plannedTime(order), time.day > 0 { kind = .repair }
        let wanted = kind == .calibration || kind == .inspection ? random.number(in: 2...6) : 1
        let all = assetNumbers(at: site)
        let count = min(wanted, all.count)
        let first = all.lowerBound + random.number(below: all.count - count + 1)
        return OrderSubject(kind: kind, site: site, assets: Array(first..<first + count))
    }

    /// The order and its tasks.
    func order(_ index: Int) -> [RecordDraft] {
        let (subject, time) = (subject(index), plannedTime(index))
        var random = SeededRandom(seed: seed, .order, index, purpose: 3)
        let words = OrderWords(subject, company: self, using: &random)
        let (requested, due) = dates(subject.kind, time, isStory: index < Self.storyOrders, using: &random)
        let customer = customer(ofSite: subject.site)
        var fields: [String: Value] = [
            "number": .text(orderNumber(index)), "channel": .text(channel(subject.kind, using: &random)),
            "customer": reference(.customer, customer),
            "site": reference(.site, subject.site), "kind": .text(subject.kind.rawValue), "title": .text(words.title),
            "priority": .text(priority(subject.kind, using: &random)),
            "assets": .list(subject.assets.map { reference(.asset, $0) }), "requested_at": .text(requested), "due_at": .text(due),
            "required_documents": .texts(documents(subject.kind)),
        ]
        if demandsPurchaseOrder(customer) { fields["po_reference"] = .text("PO \(45_000_000 + random.number(below: 1_000_000))") }
        if index >= Self.storyOrders && random.chance(15) {
            fields["tags"] = .texts([random.pick(["contract", "two people", "lift needed", "warranty"])])
        }
        return [RecordDraft("service_order", id: id(.order, index), fields)]
            + problem(of: id(.order, index), words.problem) + tasks(of: index, words.tasks, isDone: progress(time) == .completed)
    }

    private func problem(of order: RecordID, _ text: String) -> [RecordDraft] {
        guard !text.isEmpty else { return [] }
        let kind = JointTextKind.problem
        return [
            RecordDraft("text", id: kind.id(of: order), kind.fields(order: order).merging(["text": .text(text)]) { $1 })
        ]
    }

    private func tasks(of order: Int, _ tasks: [OrderWords.Task], isDone: Bool) -> [RecordDraft] {
        tasks.enumerated().map { place, task in
            var fields: [String: Value] = [
                "order": reference(.order, order), "title": .text(task.title), "rank": .integer(Int64(10 * (place + 1))),
                "mandatory": .text(task.isMandatory ? "yes" : "no"), "state": .text(isDone ? "done" : "open"),
            ]
            if !task.instructions.isEmpty { fields["instructions"] = .text(task.instructions) }
            if let asset = task.asset { fields["asset"] = reference(.asset, asset) }
            return RecordDraft("task", id: id(.task, order * 16 + place), fields)
        }
    }

    /// Asked for before the start day or on its morning, due some days after the appointment.
    private func dates(_ kind: OrderKind, _ time: PlannedTime?, isStory: Bool, using random: inout SeededRandom) -> (String, String) {
        let (ahead, minute) = (random.number(in: 3...20), random.number(in: 28...66) * 15)
        if kind == .emergency {
            let (day, begin) = (time?.day ?? 0, time?.begin ?? 360)
            return (calendar.time(day, minute: begin - 75), calendar.time(day, minute: begin + 300))
        }
        let requested = min(time?.day ?? 0, 0) - ahead
        let due = isStory ? 0 : (time?.day ?? random.number(in: 1...10)) + random.number(in: 0...5)
        return (calendar.time(requested, minute: minute), calendar.time(due, minute: 18 * 60))
    }

    private func channel(_ kind: OrderKind, using random: inout SeededRandom) -> String {
        switch kind {
        case .calibration, .inspection: random.chance(75) ? "contract" : "office"
        case .repair: random.pick(["phone", "portal", "office", "field"])
        case .emergency: "phone"
        }
    }

    private func priority(_ kind: OrderKind, using random: inout SeededRandom) -> String {
        switch kind {
        case .calibration, .inspection: random.chance(15) ? "low" : "normal"
        case .repair: random.chance(40) ? "high" : "normal"
        case .emergency: "emergency"
        }
    }

    private func documents(_ kind: OrderKind) -> [String] {
        switch kind {
        case .calibration: ["calibration_certificate", "customer_signature"]
        case .inspection: ["inspection_report", "customer_signature"]
        case .repair, .emergency: ["completion_report", "customer_signature"]
        }
    }
}
