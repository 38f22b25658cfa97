/// An order in words: its title, what the customer says, and the steps.
struct OrderWords: Sendable {
    struct Task: Sendable {
        let title: String
        let instructions: String
        let asset: Int?
        let isMandatory: Bool

        init(_ title: String, _ instructions: String = "", asset: Int? = nil, isMandatory: Bool = true) {
            self.title = title
            self.instructions = instructions
            self.asset = asset
            self.isMandatory = isMandatory
        }
    }

    let title: String
    let problem: String
    let tasks: [Task]

    init(_ subject: OrderSubject, company: DemoCompany, using random: inout SeededRandom) {
        let things: [Thing] = subject.assets.map { asset in
            let installation = company.installation(asset, at: subject.site)
            return Thing(number: asset, tag: company.tag(asset, at: subject.site), installation: installation)
        }
        let blueprint = company.kind(ofSite: subject.site).blueprint
        let first = things.first.map { "\($0.tag) (\($0.installation.model.model.name))" } ?? "the system"
        switch subject.kind {
        case .calibration:
            title = "Calibration of \(things.count) assets, \(random.pick(["half-yearly", "yearly", "quarterly"]))"
            problem = random.pick([
                "Calibration under the service contract.",
                "Certificates run out at the end of the month, the auditor comes the week after.",
                "As every time. Please bring the old certificates up to date with the new tags.",
            ])
        case .inspection:
            title = "Inspection of \(things.count) assets by IEC 60079-17, \(random.pick(["close", "visual", "detailed"]))"
            problem = random.pick([
                "Periodic inspection; the plant is running.", "The insurer wants the inspection report before renewal.",
                "After the conversion somebody has to look at the glands and the type plates.",
            ])
        case .repair:
            title = "Repair \(first)"
            problem = random.pick(blueprint.problems)
        case .emergency:
            title = "Gas alarm, system out of service: \(first)"
            problem = "\(random.pick(blueprint.problems)) We have closed the area and need somebody today."
        }
        tasks =
            [Task("Sign in, induction and permit to work", "Note the permit number in the remark.")]
            + things.map { $0.task(subject.kind) } + Self.ending(subject.kind)
    }

    /// An asset as the words need it.
    private struct Thing {
        let number: Int
        let tag: String
        let installation: Installation

        func task(_ kind: OrderKind) -> Task {
            let model = installation.model.model
            let gases = installation.channels.map(\.gasName).joined(separator: ", ")
            switch kind {
            case .calibration:
                return Task(
                    "Calibrate \(tag)", "\(model.name), \(gases): zero and span, as found and as left. \(model.procedure).", asset: number)
            case .inspection:
                return Task("Inspect \(tag)", "\(model.name), \(installation.mounting): housing, glands, type plate, earth.", asset: number)
            case .repair, .emergency:
                return Task("Find and mend the fault on \(tag)", "\(model.name), \(gases), \(installation.mounting).", asset: number)
            }
        }
    }

    private static func ending(_ kind: OrderKind) -> [Task] {
        switch kind {
        case .calibration: [Task("Test alarms and relays", "Tell the control room first."), Task("Hand over and have it signed")]
        case .inspection: [Task("Compare the area drawing with the plant", isMandatory: false), Task("Hand over and have it signed")]
        case .repair, .emergency:
            [Task("Bump test after the repair"), Task("Clean up", isMandatory: false), Task("Hand over and have it signed")]
        }
    }
}
