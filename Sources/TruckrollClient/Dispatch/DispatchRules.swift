import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What the rules say of an order, and what they said when the server asked them.
public struct DispatchVerdict: Sendable {
    /// By what this device holds now.
    public let report: RuleReport
    /// What the server found, oldest first.
    public let earlier: [RecordView]
}

/// A certificate of a part or a model, as the office enters it.
public struct NewTypeCertificate: Sendable {
    /// The part it is for; `nil` where it is for a model.
    public var part: RecordID?
    /// The model it is for; `nil` where it is for a part.
    public var model: RecordID?
    /// By whose rules it was issued.
    public var scheme: ConformityScheme
    /// Its number, as its issuer writes it.
    public var number: String
    /// The text of the plate.
    public var marking: String?
    /// ISO 3166-1 alpha-2 codes; empty where it counts as its scheme does.
    public var countries: [String] = []
    /// The pieces it is for; all of them where it names none.
    public var serials = SerialRange(from: nil, to: nil)
    /// Its first day; `nil` where nobody says.
    public var from: CalendarDate?
    /// Its last day; `nil` where it ends only by being withdrawn.
    public var to: CalendarDate?

    public init(part: RecordID?, model: RecordID?, scheme: ConformityScheme, number: String) {
        (self.part, self.model, self.scheme, self.number) = (part, model, scheme, number)
    }
}

extension DeviceClient {
    /// Asks the rules about an order by what this device holds.
    public func dispatchVerdict(on order: RecordID) throws -> DispatchVerdict {
        try read { reader in
            guard let report = try reader.rules.report(onOrder: order) else { throw DeviceProblem.unknown("order", order.short) }
            let earlier = try reader.views("order_verdict", where: "order", equals: .reference(order))
                .sorted { ($0.text("at") ?? "", $0.id) < ($1.text("at") ?? "", $1.id) }
            return DispatchVerdict(report: report, earlier: earlier)
        }
    }

    /// Says how grave a finding is to the company.
    public func dispatchWeigh(_ code: String, as weight: RuleSettings.Weight, because reason: String) throws -> DispatchTicket {
        let id = RuleSettings.id(try schema.entity("rule_setting"), code: code)
        let fields: [String: Value] = ["weight": .text(weight.rawValue), "reason": .text(reason)]
        let (_, set) = try commit("rule-setting") { editor in
            if try editor.view("rule_setting", id) != nil {
                try editor.patch("rule_setting", id, fields)
            } else {
                try editor.create("rule_setting", id: id, fields.merging(["code": .text(code)]) { $1 })
            }
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Says what an order has to have that comes in by a channel.
    public func dispatchChannel(
        _ channel: String, adding: [ChannelProfile.Field], removing: [ChannelProfile.Field]
    ) throws -> DispatchTicket {
        let id = ChannelProfile.id(try schema.entity("channel_profile"), channel: channel)
        let (_, set) = try commit("channel-profile") { editor in
            if try editor.view("channel_profile", id) == nil { try editor.create("channel_profile", id: id, ["channel": .text(channel)]) }
            for field in adding { try editor.change("channel_profile", id, "required", element: .text(field.rawValue), op: .add) }
            for field in removing { try editor.change("channel_profile", id, "required", element: .text(field.rawValue), op: .remove) }
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Enters a certificate of a part or a model.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` where it is for neither or both, or its plate cannot be read.
    public func dispatchCertificate(_ new: NewTypeCertificate) throws -> DispatchTicket {
        guard (new.part == nil) != (new.model == nil) else {
            throw DeviceProblem(.valueUnfit, "A certificate is for a part or for a model.", next: "Name one of the two.")
        }
        if let marking = new.marking, ExplosionMarking(marking).lines.isEmpty {
            throw DeviceProblem(
                .valueUnfit, "“\(marking)” is no marking that can be read.", next: "Type it off the plate, such as \"II 2G Ex db IIC T6 Gb\".")
        }
        let (id, set) = try commit("type-certificate") { editor in
            try editor.create(
                "type_certificate",
                [
                    "part": .optional(new.part), "model": .optional(new.model), "scheme": .text(new.scheme.rawValue), "number": .text(new.number),
                    "marking": .optional(new.marking), "countries": new.countries.isEmpty ? .null : .list(new.countries.map { .text($0) }),
                    "serial_from": .optional(new.serials.from), "serial_to": .optional(new.serials.to),
                    "valid_from": .optional(new.from?.description), "valid_to": .optional(new.to?.description),
                ])
        }
        return DispatchTicket(record: id, set: try written(set))
    }

    /// Says that a certificate has been withdrawn, or until when it holds now.
    public func dispatchCertificate(_ id: RecordID, validTo day: CalendarDate?, isWithdrawn: Bool) throws -> DispatchTicket {
        var fields: [String: Value] = [:]
        if let day { fields["valid_to"] = .text(day.description) }
        if isWithdrawn { fields["withdrawn"] = .text("yes") }
        let (_, set) = try commit("type-certificate") { try $0.patch("type_certificate", id, fields) }
        return DispatchTicket(record: id, set: try written(set))
    }
}
