import ArgumentParser
import ServerCommands

@main
enum Main {
    static func main() async { await ServerCommand.main() }
}
