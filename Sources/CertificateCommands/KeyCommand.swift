import ArgumentParser
import CommandSupport
import Foundation
import TruckrollCore
import TruckrollSync
import TruckrollTerminal

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Print the company's public key, for handing to strangers.",
        discussion: """
            It is what verify needs. Publish it where readers trust it, such as the company's website, and not beside the PDFs.

            EXAMPLE
              truckroll-certificates key --store /var/lib/certificates --out company.pub

            EXIT STATUS: 0 printed or written, 64 bad usage, 1 anything else.
            JSON: tenant, tenant_id, tenant_key, file.
            """)

    @OptionGroup var options: CertificateOptions
    @Option(help: ArgumentHelp("Write it to this file instead of standard output.", valueName: "file")) var out: String?

    func run() async throws {
        try await options.run { session in
            let identity = try session.identity()
            if let out { try CertificateFiles.write(Array(TenantKeyFile.text(identity.tenantKey).utf8), to: URL(fileURLWithPath: out)) }
            let shown = out.map { StyledText("The public key of \(identity.tenantName) is in \($0).") } ?? StyledText(identity.tenantKey.hexadecimal)
            session.console.result(
                [
                    "tenant": .string(identity.tenantName), "tenant_id": .string("\(identity.tenant)"),
                    "tenant_key": .string(identity.tenantKey.hexadecimal), "file": .text(out),
                ], [shown])
            return .done
        }
    }
}
