import CommandEntry
import DispatchCommands

@main
enum Main {
    static func main() async { await Program.main(DispatchCommand.self) }
}
