import CommandEntry
import ServerCommands

@main
enum Main {
    static func main() async { await Program.main(ServerCommand.self) }
}
