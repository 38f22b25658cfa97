import TruckrollCore

/// Whether a technician can leave for a job: what it needs is on the device and in the van.
public enum PackCheck {
    /// What the rules look at, of one job.
    public struct Subject: Sendable {
        /// A part that was reserved for the job.
        public struct Part: Sendable {
            /// Its part number.
            public var number: String
            /// How much the job asks for, in the part's unit, as are the quantities below.
            public var wanted: Quantity
            /// How much of it was brought into a van for the job, or lies in the van free.
            public var inVan: Quantity
            /// How much is promised and lies in a depot, to be fetched.
            public var atDepot: Quantity
            /// Name of that depot.
            public var depot: String

            public init(number: String, wanted: Quantity, inVan: Quantity, atDepot: Quantity, depot: String) {
                (self.number, self.wanted, self.inVan, self.atDepot, self.depot) = (number, wanted, inVan, atDepot, depot)
            }
        }

        /// A paper of a model.
        public struct Document: Sendable {
            /// Its title.
            public var title: String
            /// Whether its file is on the device; `nil` where none is kept anywhere.
            public var isHere: Bool?

            public init(title: String, isHere: Bool?) { (self.title, self.isHere) = (title, isHere) }
        }

        /// A tool that the job asks for.
        public struct Tool: Sendable {
            /// The kind, in the company's words.
            public var kind: String
            /// Those of the kind in the van, each with why it may not be used; `nil` where it may.
            public var inVan: [(name: String, problem: String?)]

            public init(kind: String, inVan: [(name: String, problem: String?)]) { (self.kind, self.inVan) = (kind, inVan) }
        }

        /// A gas that the job's channels are calibrated with.
        public struct Gas: Sendable {
            /// Its name.
            public var name: String
            /// The cylinders of it in the van, each with why it may not be used; `nil` where it may.
            public var inVan: [(name: String, problem: String?)]

            public init(name: String, inVan: [(name: String, problem: String?)]) { (self.name, self.inVan) = (name, inVan) }
        }

        /// Records that the job names and this device does not hold, in words.
        public var missingRecords: [String] = []
        /// Whether the device has got all of its view.
        public var isViewWhole = true
        /// Seconds since the last sync; `nil` where there was none.
        public var secondsSinceSync: Int?
        /// Whether something is calibrated, so that gas is needed.
        public var isCalibration = false
        /// What was reserved for the job.
        public var parts: [Part] = []
        /// The papers of the models that the job names.
        public var documents: [Document] = []
        /// The tools that it cannot be done without.
        public var tools: [Tool] = []
        /// What its channels are calibrated with.
        public var gases: [Gas] = []
        /// What is found about the person who starts it: qualifications, not permits, which are issued on site.
        public var start = RuleReport(rules: StartCheck.rules.name, findings: [])

        public init() {}
    }

    public static let rules = RuleSet<Subject>(
        "pack/1",
        [
            RuleLevel("device", [view, fresh, records]), RuleLevel("van", [parts, tools, gases]), RuleLevel("person", [qualification]),
            RuleLevel("papers", [documents]),
        ])

    /// A day without the server is what a pack is for; more than that, and the plan may be another one.
    private static let staleSeconds = 12 * 3600

    private static func finding(
        _ code: String, _ severity: RuleFinding.Severity = .error, at path: String, _ text: String, _ remedy: String
    ) -> RuleFinding {
        RuleFinding(code, severity, at: path, text, remedy: remedy)
    }

    private static let view = Rule<Subject>("pack-view") { pack in
        .found(pack.isViewWhole ? [] : [finding("pack-view", at: "device", "Not all of the day has come to this device yet.", "Sync until it has.")])
    }

    private static let fresh = Rule<Subject>("pack-stale") { pack in
        guard let seconds = pack.secondsSinceSync else {
            return .found([finding("pack-stale", at: "device", "This device has never synced.", "Sync.")])
        }
        guard seconds > staleSeconds else { return .found([]) }
        return .found([finding("pack-stale", .warning, at: "device", "The last sync was \(seconds / 3600) hours ago.", "Sync before you leave.")])
    }

    private static let records = Rule<Subject>("pack-record") { pack in
        .found(
            pack.missingRecords.map {
                finding("pack-record", at: "service_order", "This device does not hold \($0).", "Sync; if it stays, ask the office.")
            })
    }

    private static let parts = Rule<Subject>("pack-part") { pack in
        guard !pack.parts.isEmpty else { return .notAsked("No parts are reserved for it.") }
        return .found(
            pack.parts.compactMap { part in
                let missing = part.wanted.remainder(after: part.inVan)
                guard missing > .zero else { return nil }
                let path = "reservation[\(part.number)]"
                guard part.atDepot >= missing else {
                    let rest = missing.remainder(after: part.atDepot)
                    return finding(
                        "pack-part", at: path, "\(rest) of \(part.number) are not there yet.", "Ask the office whether the visit makes sense without."
                    )
                }
                return finding("pack-part", at: path, "\(missing) of \(part.number) lie ready in \(part.depot).", "Fetch them there, by hand-over.")
            })
    }

    private static let tools = Rule<Subject>("pack-tool") { pack in
        guard !pack.tools.isEmpty else { return .notAsked("It asks for no tools.") }
        return .found(
            pack.tools.compactMap { tool in
                guard !tool.inVan.contains(where: { $0.problem == nil }) else { return nil }
                let standing = tool.inVan.map { "\($0.name) \($0.problem ?? "")" }.sorted().joined(separator: ", ")
                return finding(
                    "pack-tool", at: "service_order.tools_needed[\(tool.kind)]",
                    "No \(tool.kind) that may be used is in the van" + (standing.isEmpty ? "." : ": \(standing)."), "Take one along.")
            })
    }

    private static let gases = Rule<Subject>("pack-gas") { pack in
        guard pack.isCalibration else { return .notAsked("It calibrates nothing.") }
        return .found(
            pack.gases.compactMap { gas in
                guard !gas.inVan.contains(where: { $0.problem == nil }) else { return nil }
                let standing = gas.inVan.map { "\($0.name) \($0.problem ?? "")" }.sorted().joined(separator: ", ")
                return finding(
                    "pack-gas", at: "reference_gas[\(gas.name)]",
                    "No cylinder of \(gas.name) that may be used is in the van" + (standing.isEmpty ? "." : ": \(standing)."), "Take one along.")
            })
    }

    private static let qualification = Rule<Subject>("pack-qualification") { pack in
        .found(
            pack.start.findings.filter { $0.code == "start-qualification" }.map {
                finding("pack-qualification", at: $0.path, $0.text, "Ask the office to send somebody who is qualified.")
            })
    }

    private static let documents = Rule<Subject>("pack-document") { pack in
        guard !pack.documents.isEmpty else { return .notAsked("No papers are kept for its assets.") }
        return .found(
            pack.documents.filter { $0.isHere == false }.map {
                finding("pack-document", .warning, at: "document", "“\($0.title)” is not on this device.", "Fetch it while there is a network.")
            })
    }
}
