import TruckrollCore

/// A part that the maker allows in some units of a model.
public struct PartApproval: Hashable, Sendable {
    /// The model in whose units it may be fitted.
    public let model: RecordID
    /// The units that it fits.
    public let serials: SerialRange
    /// The firmware revisions that it fits.
    public let revisions: RevisionRange
    /// Its first day; `nil` where it has always been allowed.
    public let from: CalendarDate?
    /// Its last day; `nil` where it has no end.
    public let to: CalendarDate?
    /// Whether the maker has taken it back.
    public let isWithdrawn: Bool

    public init(
        model: RecordID, serials: SerialRange = SerialRange(from: nil, to: nil), revisions: RevisionRange = RevisionRange(from: nil, to: nil),
        from: CalendarDate? = nil, to: CalendarDate? = nil, isWithdrawn: Bool = false
    ) {
        (self.model, self.serials, self.revisions) = (model, serials, revisions)
        (self.from, self.to, self.isWithdrawn) = (from, to, isWithdrawn)
    }

    /// As a record says; `nil` where it names no model.
    public init?(_ view: RecordView) {
        guard let model = view.reference("model") else { return nil }
        self.init(
            model: model, serials: SerialRange(from: view.text("serial_from"), to: view.text("serial_to")),
            revisions: RevisionRange(from: view.text("revision_from"), to: view.text("revision_to")),
            from: view.text("valid_from").flatMap { CalendarDate($0) }, to: view.text("valid_to").flatMap { CalendarDate($0) },
            isWithdrawn: view.text("withdrawn") == "yes")
    }
}

/// Whether a part may be fitted to an asset: what its maker allows, and what it is certified for.
public struct FittingCheck: Sendable {
    /// The rules' name and edition. A change of what is found raises it.
    public static let rules = "fitting/1"
    private static let approvalCodes = ["part-model", "part-withdrawn", "part-day", "part-serial", "part-revision"]
    private static let certificateCodes = ["part-certificate", "part-validity", "part-region"]

    /// What is fitted.
    public struct Piece: Hashable, Sendable {
        /// Its part number.
        public var part: String
        /// Its serial number; `nil` where its part has none.
        public var serial: String?
        /// What its maker allows; empty where nothing is kept about it.
        public var approvals: [PartApproval]
        /// What it is certified for; empty where nothing is kept about it.
        public var certificates: [TypeCertificate]

        public init(part: String, serial: String? = nil, approvals: [PartApproval] = [], certificates: [TypeCertificate] = []) {
            (self.part, self.serial, self.approvals, self.certificates) = (part, serial, approvals, certificates)
        }
    }

    /// What it is fitted to.
    public struct Asset: Hashable, Sendable {
        /// Its model; `nil` where that is not known here.
        public var model: RecordID?
        /// Name of the model.
        public var modelName: String
        /// Its serial number; `nil` where that is not known.
        public var serial: String?
        /// Its firmware revision; `nil` where nobody has read it.
        public var firmware: String?
        /// Whether an explosive atmosphere may occur where it stands.
        public var isInHazardousArea: Bool
        /// ISO 3166-1 alpha-2 code of where it stands; `nil` where that is not known.
        public var country: String?

        public init(
            model: RecordID?, modelName: String, serial: String?, firmware: String? = nil, isInHazardousArea: Bool = false, country: String? = nil
        ) {
            (self.model, self.modelName, self.serial, self.firmware) = (model, modelName, serial, firmware)
            (self.isInHazardousArea, self.country) = (isInHazardousArea, country)
        }
    }

    private let piece: Piece
    private let asset: Asset
    private let day: CalendarDate
    private var findings: [RuleFinding] = []
    private var skipped: [SkippedRule] = []

    /// Asks all rules, in their order.
    ///
    /// - Parameter day: on which it is fitted.
    public static func report(on piece: Piece, in asset: Asset, on day: CalendarDate) -> RuleReport {
        var check = FittingCheck(piece: piece, asset: asset, day: day)
        check.checkApprovals()
        check.checkCertificates()
        return RuleReport(rules: rules, findings: check.findings, skipped: check.skipped)
    }

    private init(piece: Piece, asset: Asset, day: CalendarDate) { (self.piece, self.asset, self.day) = (piece, asset, day) }

    // MARK: What the maker allows

    private mutating func checkApprovals() {
        guard !piece.approvals.isEmpty else { return skip(Self.approvalCodes, "No approvals are kept for \(piece.part).") }
        guard let model = asset.model else { return skip(Self.approvalCodes, "The asset's model is not known.") }
        let own = piece.approvals.filter { $0.model == model }
        guard !own.isEmpty else {
            add("part-model", at: "part_approval.model", "\(piece.part) is not approved for \(asset.modelName).", Self.remedy)
            return skip(Array(Self.approvalCodes.dropFirst()), "It is not approved for the model.")
        }
        let candidates = own.map { problems(of: $0) }
        func errors(_ list: [RuleFinding]) -> Int { list.filter { $0.severity == .error }.count }
        // Of several approvals the one that fits best speaks for it.
        findings += candidates.min { (errors($0), $0.count) < (errors($1), $1.count) } ?? []
    }

    private static let remedy = "Fit a part that the maker lists for this unit, or ask quality."

    private func problems(of approval: PartApproval) -> [RuleFinding] {
        var found: [RuleFinding] = []
        func add(_ code: String, _ severity: RuleFinding.Severity = .error, at path: String, _ text: String, _ remedy: String = Self.remedy) {
            found.append(RuleFinding(code, severity, at: path, text, remedy: remedy))
        }
        if approval.isWithdrawn { add("part-withdrawn", at: "part_approval.withdrawn", "The maker has withdrawn the approval of \(piece.part).") }
        if let from = approval.from, day < from { add("part-day", at: "part_approval.valid_from", "\(piece.part) is approved from \(from) on.") }
        if let to = approval.to, to < day { add("part-day", at: "part_approval.valid_to", "\(piece.part) was approved until \(to).") }
        if !approval.serials.isOpen, !approval.serials.contains(asset.serial ?? "") {
            add(
                "part-serial", at: "asset.serial",
                "\(piece.part) is for units \(Self.words(approval.serials.from, approval.serials.to)), this one is \(asset.serial ?? "not known").")
        }
        guard !approval.revisions.isOpen else { return found }
        let range = Self.words(approval.revisions.from, approval.revisions.to)
        guard let firmware = asset.firmware else {
            add(
                "part-revision", .warning, at: "asset.firmware", "\(piece.part) is for firmware \(range), this unit's is not known.",
                "Read the firmware off the unit and write it into the asset.")
            return found
        }
        if !approval.revisions.contains(firmware) {
            add("part-revision", at: "asset.firmware", "\(piece.part) is for firmware \(range), this unit has \(firmware).")
        }
        return found
    }

    private static func words(_ from: String?, _ to: String?) -> String {
        switch (from, to) {
        case (let from?, let to?): "\(from) to \(to)"
        case (let from?, nil): "from \(from) on"
        case (nil, let to?): "up to \(to)"
        case (nil, nil): "of any number"
        }
    }

    // MARK: What it is certified for

    private mutating func checkCertificates() {
        guard !piece.certificates.isEmpty else { return skip(Self.certificateCodes, "No certificates are kept for \(piece.part).") }
        guard asset.isInHazardousArea else { return skip(Self.certificateCodes, "Nothing explosive is expected where the asset stands.") }
        let covering = piece.certificates.filter { certificate in piece.serial.map { certificate.serials.contains($0) } ?? true }
        guard !covering.isEmpty else {
            add(
                "part-certificate", at: "type_certificate.serial_from", "No certificate of \(piece.part) covers the piece \(piece.serial ?? "").",
                "Fit a piece that is certified.")
            return skip(Array(Self.certificateCodes.dropFirst()), "No certificate covers it.")
        }
        let standing = covering.filter { $0.problem(from: day) == nil }
        guard !standing.isEmpty else {
            let words = covering.compactMap { certificate in certificate.problem(from: day).map { "\(certificate.name) \($0)" } }.sorted()
            add("part-validity", at: "type_certificate.valid_to", words.joined(separator: "; ") + ".", "Fit a piece whose certificate stands.")
            return skip(["part-region"], "No certificate stands.")
        }
        guard let country = asset.country else { return skip(["part-region"], "The site's country is not known.") }
        guard !standing.contains(where: { $0.isAccepted(in: country) }) else { return }
        let names = standing.map(\.name).sorted().joined(separator: " and ")
        add("part-region", at: "site.country", "\(names) does not count in \(country.uppercased()).", "Fit a piece that is certified for there.")
    }

    private mutating func add(_ code: String, at path: String, _ text: String, _ remedy: String) {
        findings.append(RuleFinding(code, .error, at: path, text, remedy: remedy))
    }

    private mutating func skip(_ codes: [String], _ reason: String) { skipped += codes.map { SkippedRule($0, because: reason) } }
}
