import ArgumentParser
import Foundation
import TruckrollCore
import TruckrollDemoData
import TruckrollDomain
import TruckrollServer
import TruckrollStoreSQL
import TruckrollStoreSQLite
import TruckrollTerminal

/// Makes the demonstration company.
struct DemoData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-data", abstract: "Make a gas-detection service company to try things with.",
        discussion: """
            The company follows from the seed, the size and the day alone. Its records are an importer's signed change sets and \
            pass the sequencer like anybody's.

              truckroll-server demo-data --data ./data --size medium --day 2026-11-23

            Cut short, it leaves a company that is not complete: it says so the next time, `serve` does not serve it, and \
            --start-over makes it anew.

            Sizes: small (6 technicians, 150 assets, 40 orders), medium (25, 4,000, 600), large (500, 200,000, 50,000).

            EXIT STATUS: 0 made, 1 failed, 64 bad usage.
            """)

    @Option(help: "The directory to make the tenant in.") var data: String
    @Option(help: "small, medium or large.") var size = "small"
    @Option(help: "The seed the company follows from.") var seed: UInt64 = 1
    @Option(help: "The day the company lives on, YYYY-MM-DD; today when left out.") var day: String?
    @Flag(help: "Take a company away whose making was cut short, and make it anew.") var startOver = false
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "No progress.") var quiet = false
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var clock: ClockOptions

    func validate() throws {
        guard DemoSize(name: size) != nil else { throw ValidationError("--size is small, medium or large.") }
        if let day, CalendarDate(day) == nil { throw ValidationError("--day is a date such as 2026-11-24.") }
    }

    func run() async throws {
        try await reporting(json: json) {
            guard let size = DemoSize(name: size) else { throw Failure("“\(size)” is no size.", next: "Use small, medium or large.") }
            let now = try clock.now()
            let today = DeviceTime(milliseconds: now(), offsetMinutes: 0).date
            guard let day = CalendarDate(day ?? today.description) else { throw Failure("“\(day ?? "")” is no day.", next: "Use YYYY-MM-DD.") }
            let company = DemoCompany(seed: seed, size: size, startDay: day)
            guard let record = company.records.first(where: { $0.entity == "tenant" }), let name = record.fields["name"]?.text,
                let code = record.fields["code"]?.text, let zone = record.fields["time_zone"]?.text
            else { throw Failure("The company has no tenant record.", next: "Report this.") }
            let directory = URL(fileURLWithPath: data)
            let id = TenantID(high: record.id.high, low: record.id.low)
            let home = TenantHome(directory: directory, tenant: id)
            let mark = DemoMark(of: home)
            let storage = try database.storage(in: directory)
            if try TenantHome.all(in: directory).contains(id) {
                guard mark.isThere else { throw Failure("The company is there already.", next: "Use another --data directory, or another --seed.") }
                guard startOver else {
                    throw Failure(
                        "The company is there and not complete: its making was cut short.",
                        next: "Take it away and make it anew: the same command with --start-over. Do not serve it.", code: "demo-unfinished")
                }
                // Whoever serves it holds the file; whatever else is wrong with it goes with it.
                do { try Tenant(home: home, in: storage, now: now).close() } catch let problem as StoreProblem {
                    if case .inUse = problem { throw problem }
                } catch {}
                try storage.clear(home)
                try mark.clear()
            }
            try mark.set(making: "--size \(self.size) --seed \(seed) --day \(day)")
            let tenant = try Founder.found(
                directory: directory, in: storage, tenant: id, name: name, code: code, timeZone: zone, now: now)
            defer { try? tenant.close() }
            let start = ContinuousClock.now
            if !quiet {
                Terminal.standardError().print(
                    "Making the \(self.size) company of \(day) from seed \(seed); what there is to import is counted first.")
            }
            let total = company.records.reduce(0) { count, _ in count + 1 } + company.plans.count
            var progress = Progress("Importing", total: total, on: .standardError(), isQuiet: quiet || json) { ContinuousClock.now - start }
            let summary = try DemoImport(company: company, tenant: tenant).run { progress.advance() }
            progress.finish()
            try mark.remove()
            try report(company, tenant, summary)
        }
    }

    private func report(_ company: DemoCompany, _ tenant: Tenant, _ summary: DemoImport.Summary) throws {
        let out = Terminal.standardOutput()
        let story = company.story
        guard !json else {
            out.print(StoryJSON(company: company, story: story, tenant: tenant.home.tenant, records: summary.records, orders: summary.orders).value)
            return
        }
        var block = KeyValueBlock(title: "Demonstration company")
        block.add("Tenant", "\(tenant.home.tenant)")
        block.add("Records", "\(summary.records)")
        block.add("Orders", "\(summary.orders)")
        block.add("Technicians", StyledText(story.technicians.map { "\($0.name) (\($0.number))" }.joined(separator: ", ")))
        block.add("Dispatcher", StyledText("\(story.dispatcher.name) (\(story.dispatcher.number))"))
        block.add("Quality", StyledText("\(story.quality.name) (\(story.quality.number))"))
        block.add("Next", StyledText("truckroll-server enrolment-code --data \(data) --user \(story.technicians.first?.number ?? "")"))
        out.print(block)
    }
}

/// The story's ids for scripts that play with the company.
struct StoryJSON {
    let company: DemoCompany
    let story: DemoStory
    let tenant: TenantID
    let records: Int
    let orders: Int

    var value: JSONValue {
        .object([
            ("tenant", .string("\(tenant)")), ("records", .int(records)), ("orders", .int(orders)),
            ("technicians", .array(story.technicians.map(person))), ("dispatcher", person(story.dispatcher)), ("quality", person(story.quality)),
            ("depot", id(story.depot)), ("calibration_order", id(story.calibrationOrder)),
            ("calibration_assets", .array(story.calibrationAssets.map(id))), ("channel", id(story.channel)),
            ("reassigned_order", id(story.reassignedOrder)), ("repair_order", id(story.repairOrder)), ("repair_asset", id(story.repairAsset)),
            ("last_part", id(story.lastPart)), ("van_part", id(story.vanPart)), ("span_gas", id(story.spanGas)), ("zero_gas", id(story.zeroGas)),
        ])
    }

    private func id(_ id: RecordID) -> JSONValue { .string("\(id)") }

    private func person(_ person: DemoPerson) -> JSONValue {
        .object([("id", id(person.id)), ("number", .string(person.number)), ("name", .string(person.name)), ("van", person.vanID.map(id) ?? .null)])
    }
}
