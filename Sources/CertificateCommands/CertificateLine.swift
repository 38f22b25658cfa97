import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// A certificate with the names a list needs.
struct CertificateLine {
    let view: RecordView
    let order: String?
    let asset: String?
    let technician: String?
    /// The registration of its PDF.
    let pdf: RecordView?

    init(_ view: RecordView, _ reader: LocalReader) throws {
        self.view = view
        order = try view.reference("order").flatMap { try reader.view("service_order", $0) }?.text("number")
        asset = try view.reference("asset").flatMap { try reader.view("asset", $0) }?.text("serial")
        technician = try view.reference("by").flatMap { try reader.view("user", $0) }?.text("name")
        pdf = try reader.registeredPDF(of: view.id)
    }

    var number: String { view.text("number") ?? view.id.short }

    var json: [(String, JSONValue)] {
        [
            ("number", .string(number)), ("kind", .text(view.text("kind"))), ("revision", .int(Int(clamping: view.integer("revision") ?? 0))),
            ("state", .text(view.text("state"))), ("order", .text(order)), ("asset", .text(asset)), ("technician", .text(technician)),
            ("issued_at", .text(view.text("issued_at"))), ("exported", .bool(pdf != nil)),
            ("pdf_sha256", .text(pdf?["sha256"].bytes?.hexadecimal)), ("id", .string("\(view.id)")),
        ]
    }
}

extension LocalReader {
    /// The certificate of a number: whole, without its check characters, or its end.
    func certificate(_ text: String) throws -> RecordView {
        let exact = try views("certificate", where: "number", equals: .text(text))
        let wanted = text.uppercased()
        let found =
            try exact.isEmpty
            ? views("certificate").filter { view in
                let number = view.text("number") ?? ""
                return !wanted.isEmpty && (number.hasSuffix(wanted) || number.dropLast(5).hasSuffix(wanted))
            } : exact
        guard let first = found.first else {
            throw DeviceProblem("not-found", "There is no certificate “\(text.prefix(60))” on this device.", next: "Look with `list`.")
        }
        guard found.count == 1 else {
            let numbers = found.prefix(6).map { $0.text("number") ?? $0.id.short }.joined(separator: ", ")
            throw DeviceProblem("ambiguous", "“\(text.prefix(60))” fits \(found.count): \(numbers).", next: "Give the whole number.")
        }
        return first
    }
}
