import ArgumentParser
import CertificateCommands

@main
enum Main {
    static func main() async { await CertificateCommand.main() }
}
