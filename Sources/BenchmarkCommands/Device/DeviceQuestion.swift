import Foundation
import GRDB
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Something a device is asked, and the statement that asks the same of a table made for it.
struct DeviceQuestion {
    let name: String
    /// Asks it, and tells how many lines or records came.
    let ask: (DeviceClient) throws -> Int
    let sql: String
    let arguments: StatementArguments

    /// Lines a list shows.
    private static let page = 200
    /// Lines a search shows.
    private static let found = 20

    static func all(_ company: DeviceCompany) -> [DeviceQuestion] {
        lists(company) + searches(company) + lookups(company) + openings(company)
    }

    private static func lists(_ company: DeviceCompany) -> [DeviceQuestion] {
        func list(_ client: DeviceClient, _ change: (inout DispatchOrderFilter) -> Void) throws -> Int {
            var filter = DispatchOrderFilter()
            change(&filter)
            return try client.read { reader in
                let calendar = DispatchCalendar(timeZone: "Europe/Berlin", now: DeviceCompany.morning)
                return try reader.dispatchOrders(filter, calendar, limit: page).lines.count
            }
        }
        return [
            DeviceQuestion(
                name: "open orders, most urgent first, \(page) of \(company.orders / 4)", ask: { try list($0) { _ in } },
                sql: "SELECT * FROM record WHERE kind = 'service_order' AND state = 'dispatched' ORDER BY urgency, due, name LIMIT ?",
                arguments: [page]),
            DeviceQuestion(
                name: "all orders, most urgent first, \(page) of \(company.orders)", ask: { try list($0) { $0.includesClosed = true } },
                sql: "SELECT * FROM record WHERE kind = 'service_order' ORDER BY urgency, due, name LIMIT ?", arguments: [page]),
            DeviceQuestion(
                name: "all jobs by time, \(page) of \(company.orders)", ask: { try $0.allJobs(limit: page).lines.count },
                sql: """
                    SELECT * FROM (SELECT parent, starts FROM record WHERE kind = 'appointment' ORDER BY starts LIMIT ?) AS planned
                    JOIN record ON record.id = planned.parent
                    """, arguments: [page]),
            DeviceQuestion(
                name: "a day's board",
                ask: { client in
                    try client.read { reader in
                        let calendar = DispatchCalendar(timeZone: "Europe/Berlin", now: DeviceCompany.morning)
                        return try DispatchDay(try calendar.day(DeviceCompany.day), reader, calendar).rows.reduce(0) { $0 + $1.stops.count }
                    }
                },
                sql: """
                    SELECT * FROM record AS planned JOIN record ON record.id = planned.parent
                    WHERE planned.kind = 'appointment' AND planned.starts BETWEEN ? AND ?
                    """, arguments: [DeviceCompany.day, DeviceCompany.day + "T99"]),
        ]
    }

    private static func searches(_ company: DeviceCompany) -> [DeviceQuestion] {
        let words = [
            ("a rare word", "report \(company.orders / 3)"), ("a common word", "calibrate"), ("a prefix", "calib"), ("two words", "weekend drift"),
            ("a word with an accent left out", "arhus"), ("what is not there", "zzyzx"),
        ]
        return words.map { what, text in
            DeviceQuestion(
                name: "search for \(what): \(text)", ask: { try $0.search(text, limit: found).total },
                sql: """
                    SELECT record.*, (SELECT count(*) FROM (SELECT 1 FROM word WHERE word MATCH ?1 LIMIT 1001))
                    FROM (SELECT rowid FROM word WHERE word MATCH ?1 ORDER BY rowid DESC LIMIT ?2) AS hit JOIN record ON record.number = hit.rowid
                    """, arguments: [text.split(separator: " ").map { "\($0)*" }.joined(separator: " "), found])
        }
    }

    private static func lookups(_ company: DeviceCompany) -> [DeviceQuestion] {
        let serial = DeviceCompany.serial(company.assets / 2)
        let (part, order) = (String(serial.suffix(5)), DeviceCompany.number(company.orders / 2))
        return [
            DeviceQuestion(
                name: "assets by a part of a serial: \(part)", ask: { try $0.search(part, kinds: [.asset], limit: found).total },
                sql: "SELECT * FROM record WHERE kind = 'asset' AND name LIKE ? LIMIT ?", arguments: ["%\(part)%", found]),
            DeviceQuestion(
                name: "an asset by its serial, typed otherwise: \(serial.lowercased().replacing("-", with: " "))",
                ask: {
                    _ = try $0.findAsset(serial.lowercased().replacing("-", with: " "))
                    return 1
                }, sql: "SELECT * FROM record WHERE kind = 'asset' AND name = ?", arguments: [serial]),
            DeviceQuestion(
                name: "an asset by a serial with a slip, refused with what is near",
                ask: { client in
                    do { _ = try client.findAsset(String(serial.dropLast(2)) + "x" + serial.suffix(1)) } catch is DeviceProblem {}
                    return 0
                }, sql: "SELECT * FROM record WHERE kind = 'asset' AND name LIKE ?", arguments: [String(serial.dropLast(2)) + "_" + serial.suffix(1)]),
            DeviceQuestion(
                name: "an order by the end of its number: \(order.suffix(6))",
                ask: {
                    _ = try $0.findJob(String(order.suffix(6)))
                    return 1
                }, sql: "SELECT * FROM record WHERE kind = 'service_order' AND name LIKE ?", arguments: ["%\(order.suffix(6))"]),
            DeviceQuestion(
                name: "a record of any kind by the end of its id",
                ask: {
                    _ = try $0.findRecord(String(company.order.description.suffix(8)))
                    return 1
                }, sql: "SELECT * FROM record WHERE hex(id) LIKE ?", arguments: ["%\(company.order.description.suffix(8).uppercased())"]),
        ]
    }

    private static func openings(_ company: DeviceCompany) -> [DeviceQuestion] {
        func whole(_ id: RecordID) -> (String, StatementArguments) {
            ("SELECT * FROM record WHERE id = ?1 UNION ALL SELECT * FROM record WHERE parent = ?1", [Data(id.bytes)])
        }
        func question(_ name: String, _ id: RecordID, _ ask: @escaping (DeviceClient) throws -> Int) -> DeviceQuestion {
            let (sql, arguments) = whole(id)
            return DeviceQuestion(name: name, ask: ask, sql: sql, arguments: arguments)
        }
        let plain = DeviceCompany.id(7, company.assets / 2)
        return [
            question("open an order", company.order) { client in
                _ = try client.job(company.order)
                return 1
            },
            question("open an asset", plain) { try $0.profile(of: plain).timeline.count },
            question("profile of an asset with \(company.events) events", company.storied) { try $0.profile(of: company.storied).timeline.count },
        ]
    }
}
