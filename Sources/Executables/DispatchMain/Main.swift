import ArgumentParser
import DispatchCommands

@main
enum Main {
    static func main() async { await DispatchCommand.main() }
}
