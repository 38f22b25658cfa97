import CertificateCommands
import CommandEntry

@main
enum Main {
    static func main() async { await Program.main(CertificateCommand.self) }
}
