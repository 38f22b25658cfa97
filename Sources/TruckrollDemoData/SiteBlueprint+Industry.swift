/// Sites where flammables are made or worked.
extension SiteBlueprint {
    static let chemicalPlant = SiteBlueprint(
        trade: Trade("Chemie", "Chemie", "Kemi"), siteNames: ["Werk", "Betrieb", "Anlage"],
        areas: [
            AreaBlueprint("Reactor hall, pits and drains", zone: "1", "IIB", "T3", -10...40, ["74-82-8", "64-17-5", "67-64-1"]),
            AreaBlueprint("Solvent tank farm", zone: "2", "IIA", "T2", -20...40, ["108-88-3", "67-64-1", "67-63-0"]),
            AreaBlueprint("Hydrogenation bay", zone: "2", "IIC", "T3", -10...40, ["1333-74-0"]),
        ],
        installations: [
            Installation(.pellistor, [.methane], area: 0, "reactor R1, 30 cm below the ceiling"),
            Installation(.pellistor, [.methane], area: 0, "reactor R2, above the gas train"),
            Installation(.pellistor, [.toluene], area: 1, "tank T3, bund wall, 20 cm above ground"),
            Installation(.hydrogen, [.hydrogen], area: 2, "roof ridge above the hydrogenator"),
            Installation(.controller, [.methane, .methane, .toluene, .hydrogen], "control room, cabinet 2"),
            Installation(.pellistor, [.acetone], area: 1, "pump pit P4"), Installation(.vapour, [.tolueneVapour], area: 1, "filling stand"),
            Installation(.pellistor, [.methanol], area: 0, "charging funnel"), .portableVapour,
        ],
        requirements: ["Site induction, valid 12 months", "Hot work permit for open housings", "Antistatic clothing"],
        problems: [
            "The head in the pump pit shows 6 %LEL although nothing is running, and it creeps up over the day.",
            "Since the roof was washed down the display by reactor R2 says FAULT and the horn cannot be silenced.",
            "During our own bump test the toluene head only reached 31 instead of 50.",
        ])

    static let refinery = SiteBlueprint(
        trade: Trade("Raffinerie", "Raffinaderij", "Raffinaderi"), siteNames: ["Tank farm", "Process block", "Loading terminal"],
        areas: [
            AreaBlueprint("Distillation, ground level", zone: "2", "IIB", "T3", -20...40, ["74-98-6", "106-97-8", "110-54-3"]),
            AreaBlueprint("Rail loading gantry", zone: "1", "IIA", "T3", -20...40, ["109-66-0", "110-54-3"]),
            AreaBlueprint("Hydrotreater", zone: "2", "IIB+H2", "T3", -20...40, ["1333-74-0", "7783-06-4"]),
        ],
        installations: [
            Installation(.infrared, [.propane], area: 0, "column K2, pump row, 40 cm above ground"),
            Installation(.infrared, [.hexane], area: 1, "gantry, platform 3"),
            Installation(.toxic, [.hydrogenSulfide], area: 2, "sour water stripper"),
            Installation(.hydrogen, [.hydrogen], area: 2, "compressor shelter, roof"),
            Installation(.infrared, [.butane], area: 0, "sphere S1, drain valve"),
            Installation(.infrared, [.pentane], area: 1, "vapour return line"),
            Installation(.transmitter, [.hydrogenSulfide], area: 2, "flare knock-out drum"),
            Installation(.controller, [.propane, .hexane, .hydrogenSulfide, .hydrogen, .butane, .pentane], "instrument house 4"),
            .portableVapour,
        ],
        requirements: [
            "Refinery safety pass", "Work permit, daily, before 08:00", "Personal H2S monitor", "Purchase order number on every document",
        ],
        problems: [
            "Beam head at column K2 has been in fault since the night, optics dirty according to the message.",
            "The H2S head at the stripper alarms whenever the pump starts; the operators no longer believe it.",
            "Head on platform 3 does not react to gas at all.",
        ])

    static let biogasPlant = SiteBlueprint(
        trade: Trade("Bioenergie", "Bio-energie", "Bioenergi"), siteNames: ["Biogas plant", "Digester site"],
        areas: [
            AreaBlueprint("Digester head and gas store", zone: "1", "IIA", "T1", -20...40, ["74-82-8", "7783-06-4"]),
            AreaBlueprint("Engine room, gas train", zone: "2", "IIA", "T1", 0...45, ["74-82-8", "630-08-0"]),
        ],
        installations: [
            Installation(.infrared, [.methaneInfrared], area: 0, "gas store, inspection window"),
            Installation(.pellistor, [.methane], area: 1, "engine 1, above the gas train"),
            Installation(.toxic, [.hydrogenSulfide], area: 0, "desulphurisation"),
            Installation(.toxic, [.carbonMonoxide], area: 1, "engine room"),
            Installation(.garageController, [.methaneInfrared, .methane, .hydrogenSulfide, .carbonMonoxide], "switch room"), .portable,
        ],
        requirements: ["Report to the operator by telephone an hour before"],
        problems: [
            "The engine trips at night on gas alarm but we measure nothing with the hand meter.",
            "H2S head reads minus 2 and the controller shows a yellow lamp.",
            "New membrane on the store, the old head no longer fits the flange.",
        ])

    static let paintShop = SiteBlueprint(
        trade: Trade("Lacktechnik", "Laktechniek", "Lakteknik"), siteNames: ["Paint shop", "Coating line"],
        areas: [
            AreaBlueprint("Spray booth and exhaust", zone: "1", "IIA", "T3", 10...40, ["108-88-3", "67-64-1", "141-78-6"]),
            AreaBlueprint("Powder booth", zone: "none", "none", "T3", 10...40, [], dust: "22", "IIIB"),
            AreaBlueprint("Drying oven", zone: "2", "IIA", "T2", 10...60, ["67-63-0", "74-82-8"]),
        ],
        installations: [
            Installation(.pellistor, [.toluene], area: 0, "booth 1, exhaust duct"),
            Installation(.pellistor, [.isopropanol], area: 2, "oven, recirculation"),
            Installation(.pellistor, [.methane], area: 2, "burner, gas train"),
            Installation(.vapour, [.tolueneVapour], area: 0, "mixing room"),
            Installation(.controller, [.toluene, .isopropanol, .methane], "line control desk"),
        ],
        requirements: ["No work while the line runs", "Antistatic shoes"],
        problems: [
            "Exhaust head shows 12 %LEL at standstill after the solvent change.",
            "The burner lock-out comes from the gas warning system, line stands still.",
            "The red lamp in the mixing room is on, the number on the display blinks.",
        ])

    static let batteryHall = SiteBlueprint(
        trade: Trade("Logistik", "Logistiek", "Logistik"), siteNames: ["Charging hall", "Distribution centre"],
        areas: [AreaBlueprint("Charging stations, below the ceiling", zone: "2", "IIC", "T1", 0...40, ["1333-74-0"])],
        installations: [
            Installation(.hydrogen, [.hydrogen], area: 0, "charger row A, ceiling"),
            Installation(.hydrogen, [.hydrogen], area: 0, "charger row B, ceiling"),
            Installation(.garageController, [.hydrogen, .hydrogen], "gate 4, beside the distribution board"),
        ],
        requirements: ["High-visibility vest", "Lift for work above 3 m is provided"],
        problems: ["The ventilation runs on full power all day because of the hydrogen heads.", "Row B is dead, no lamp at all."])

    static let gasStation = SiteBlueprint(
        trade: Trade("Gasnetz", "Gasnet", "Gasnet"), siteNames: ["Transfer station", "Compressor station", "Pressure regulating station"],
        areas: [
            AreaBlueprint("Regulator room", zone: "2", "IIA", "T1", -20...40, ["74-82-8"]),
            AreaBlueprint("Odorant store", zone: "1", "IIB", "T3", -20...40, ["74-82-8"]),
        ],
        installations: [
            Installation(.infrared, [.methaneInfrared], area: 0, "regulator room, ceiling"),
            Installation(.infrared, [.methaneInfrared], area: 1, "odorant store"),
            Installation(.transmitter, [.methane], area: 0, "boiler room"),
            Installation(.controller, [.methaneInfrared, .methaneInfrared, .methane], "telecontrol cabinet"),
            .portable,
        ],
        requirements: ["Announce entry to the network control room", "Purchase order number on every document"],
        problems: ["Control room receives a gas alarm for two seconds every few hours.", "Telecontrol reports channel 2 as failed."])
}
