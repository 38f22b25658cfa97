CREATE TABLE "entity_tenant" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_customer" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_customer_by_number" ON "entity_customer" ("number");
CREATE INDEX "entity_customer_by_name" ON "entity_customer" ("name");
CREATE TABLE "entity_site" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "customer" BLOB,
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_site_by_customer" ON "entity_site" ("customer");
CREATE INDEX "entity_site_by_name" ON "entity_site" ("name");
CREATE TABLE "entity_hazardous_area" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "site" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_hazardous_area_by_site" ON "entity_hazardous_area" ("site");
CREATE TABLE "entity_user" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "name" TEXT,
    "role" TEXT,
    "home_depot" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_user_by_number" ON "entity_user" ("number");
CREATE INDEX "entity_user_by_name" ON "entity_user" ("name");
CREATE INDEX "entity_user_by_role" ON "entity_user" ("role");
CREATE INDEX "entity_user_by_home_depot" ON "entity_user" ("home_depot");
CREATE TABLE "entity_qualification" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "user" BLOB,
    "scheme" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_qualification_by_user" ON "entity_qualification" ("user");
CREATE INDEX "entity_qualification_by_scheme" ON "entity_qualification" ("scheme");
CREATE TABLE "entity_gas" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "cas" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_gas_by_cas" ON "entity_gas" ("cas");
CREATE TABLE "entity_asset_model" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_asset_model_by_name" ON "entity_asset_model" ("name");
CREATE TABLE "entity_document" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "model" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_document_by_model" ON "entity_document" ("model");
CREATE TABLE "entity_asset" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "model" BLOB,
    "serial" TEXT,
    "tag" TEXT,
    "site" BLOB,
    "area" BLOB,
    "fitness" TEXT,
    "calibration_due" TEXT,
    "parent" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_asset_by_model" ON "entity_asset" ("model");
CREATE INDEX "entity_asset_by_serial" ON "entity_asset" ("serial");
CREATE INDEX "entity_asset_by_tag" ON "entity_asset" ("tag");
CREATE INDEX "entity_asset_by_site" ON "entity_asset" ("site");
CREATE INDEX "entity_asset_by_area" ON "entity_asset" ("area");
CREATE INDEX "entity_asset_by_fitness" ON "entity_asset" ("fitness");
CREATE INDEX "entity_asset_by_calibration_due" ON "entity_asset" ("calibration_due");
CREATE INDEX "entity_asset_by_parent" ON "entity_asset" ("parent");
CREATE INDEX "entity_asset_by_next_due" ON "entity_asset" ("next_due");
CREATE TABLE "entity_sensor_channel" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_sensor_channel_by_asset" ON "entity_sensor_channel" ("asset");
CREATE TABLE "entity_part" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "gtin" TEXT,
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_part_by_number" ON "entity_part" ("number");
CREATE INDEX "entity_part_by_gtin" ON "entity_part" ("gtin");
CREATE INDEX "entity_part_by_name" ON "entity_part" ("name");
CREATE TABLE "entity_part_approval" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "model" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_part_approval_by_part" ON "entity_part_approval" ("part");
CREATE INDEX "entity_part_approval_by_model" ON "entity_part_approval" ("model");
CREATE TABLE "entity_reference_gas" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "cylinder" TEXT,
    "cas" TEXT,
    "location" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_reference_gas_by_cylinder" ON "entity_reference_gas" ("cylinder");
CREATE INDEX "entity_reference_gas_by_cas" ON "entity_reference_gas" ("cas");
CREATE INDEX "entity_reference_gas_by_location" ON "entity_reference_gas" ("location");
CREATE TABLE "entity_stock_location" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "kind" TEXT,
    "name" TEXT,
    "holder" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_stock_location_by_kind" ON "entity_stock_location" ("kind");
CREATE INDEX "entity_stock_location_by_name" ON "entity_stock_location" ("name");
CREATE INDEX "entity_stock_location_by_holder" ON "entity_stock_location" ("holder");
CREATE TABLE "entity_stock_entry" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "serial" TEXT,
    "from" BLOB,
    "to" BLOB,
    "order" BLOB,
    "source" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_stock_entry_by_part" ON "entity_stock_entry" ("part");
CREATE INDEX "entity_stock_entry_by_serial" ON "entity_stock_entry" ("serial");
CREATE INDEX "entity_stock_entry_by_from" ON "entity_stock_entry" ("from");
CREATE INDEX "entity_stock_entry_by_to" ON "entity_stock_entry" ("to");
CREATE INDEX "entity_stock_entry_by_order" ON "entity_stock_entry" ("order");
CREATE INDEX "entity_stock_entry_by_source" ON "entity_stock_entry" ("source");
CREATE TABLE "entity_balance" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "location" BLOB,
    "part" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_balance_by_location" ON "entity_balance" ("location");
CREATE INDEX "entity_balance_by_part" ON "entity_balance" ("part");
CREATE TABLE "entity_reservation" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "part" BLOB,
    "location" BLOB,
    "state" TEXT,
    "open_for" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_reservation_by_order" ON "entity_reservation" ("order");
CREATE INDEX "entity_reservation_by_part" ON "entity_reservation" ("part");
CREATE INDEX "entity_reservation_by_location" ON "entity_reservation" ("location");
CREATE INDEX "entity_reservation_by_state" ON "entity_reservation" ("state");
CREATE INDEX "entity_reservation_by_open_for" ON "entity_reservation" ("open_for");
CREATE INDEX "entity_reservation_by_next_due" ON "entity_reservation" ("next_due");
CREATE TABLE "entity_lease" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "kind" TEXT,
    "user" BLOB,
    "replica" INTEGER,
    "location" BLOB,
    "part" BLOB,
    "state" TEXT,
    "blanket" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_lease_by_kind" ON "entity_lease" ("kind");
CREATE INDEX "entity_lease_by_user" ON "entity_lease" ("user");
CREATE INDEX "entity_lease_by_replica" ON "entity_lease" ("replica");
CREATE INDEX "entity_lease_by_location" ON "entity_lease" ("location");
CREATE INDEX "entity_lease_by_part" ON "entity_lease" ("part");
CREATE INDEX "entity_lease_by_state" ON "entity_lease" ("state");
CREATE INDEX "entity_lease_by_blanket" ON "entity_lease" ("blanket");
CREATE INDEX "entity_lease_by_next_due" ON "entity_lease" ("next_due");
CREATE TABLE "entity_service_order" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "customer" BLOB,
    "site" BLOB,
    "kind" TEXT,
    "priority" TEXT,
    "due_at" TEXT,
    "follow_up_of" BLOB,
    "state" TEXT,
    "respond_by" TEXT,
    "resolve_by" TEXT,
    "stalls_at" TEXT,
    "plan" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_service_order_by_number" ON "entity_service_order" ("number");
CREATE INDEX "entity_service_order_by_customer" ON "entity_service_order" ("customer");
CREATE INDEX "entity_service_order_by_site" ON "entity_service_order" ("site");
CREATE INDEX "entity_service_order_by_kind" ON "entity_service_order" ("kind");
CREATE INDEX "entity_service_order_by_priority" ON "entity_service_order" ("priority");
CREATE INDEX "entity_service_order_by_due_at" ON "entity_service_order" ("due_at");
CREATE INDEX "entity_service_order_by_follow_up_of" ON "entity_service_order" ("follow_up_of");
CREATE INDEX "entity_service_order_by_state" ON "entity_service_order" ("state");
CREATE INDEX "entity_service_order_by_respond_by" ON "entity_service_order" ("respond_by");
CREATE INDEX "entity_service_order_by_resolve_by" ON "entity_service_order" ("resolve_by");
CREATE INDEX "entity_service_order_by_stalls_at" ON "entity_service_order" ("stalls_at");
CREATE INDEX "entity_service_order_by_plan" ON "entity_service_order" ("plan");
CREATE INDEX "entity_service_order_by_next_due" ON "entity_service_order" ("next_due");
CREATE TABLE "entity_order_event" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_order_event_by_order" ON "entity_order_event" ("order");
CREATE TABLE "entity_task" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_task_by_order" ON "entity_task" ("order");
CREATE TABLE "entity_appointment" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "technician" BLOB,
    "starts_at" TEXT,
    "ends_at" TEXT,
    "state" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_appointment_by_order" ON "entity_appointment" ("order");
CREATE INDEX "entity_appointment_by_technician" ON "entity_appointment" ("technician");
CREATE INDEX "entity_appointment_by_starts_at" ON "entity_appointment" ("starts_at");
CREATE INDEX "entity_appointment_by_ends_at" ON "entity_appointment" ("ends_at");
CREATE INDEX "entity_appointment_by_state" ON "entity_appointment" ("state");
CREATE TABLE "entity_assignment_request" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_assignment_request_by_order" ON "entity_assignment_request" ("order");
CREATE TABLE "entity_labour_entry" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "person" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_labour_entry_by_order" ON "entity_labour_entry" ("order");
CREATE INDEX "entity_labour_entry_by_person" ON "entity_labour_entry" ("person");
CREATE TABLE "entity_part_use" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "part" BLOB,
    "serial" TEXT,
    "from" BLOB,
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_part_use_by_order" ON "entity_part_use" ("order");
CREATE INDEX "entity_part_use_by_part" ON "entity_part_use" ("part");
CREATE INDEX "entity_part_use_by_serial" ON "entity_part_use" ("serial");
CREATE INDEX "entity_part_use_by_from" ON "entity_part_use" ("from");
CREATE INDEX "entity_part_use_by_asset" ON "entity_part_use" ("asset");
CREATE TABLE "entity_finding" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_finding_by_order" ON "entity_finding" ("order");
CREATE INDEX "entity_finding_by_asset" ON "entity_finding" ("asset");
CREATE TABLE "entity_reading" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "asset" BLOB,
    "channel" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_reading_by_order" ON "entity_reading" ("order");
CREATE INDEX "entity_reading_by_asset" ON "entity_reading" ("asset");
CREATE INDEX "entity_reading_by_channel" ON "entity_reading" ("channel");
CREATE TABLE "entity_scan" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_scan_by_asset" ON "entity_scan" ("asset");
CREATE INDEX "entity_scan_by_order" ON "entity_scan" ("order");
CREATE TABLE "entity_note" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_note_by_order" ON "entity_note" ("order");
CREATE TABLE "entity_attachment" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "sha256" BLOB,
    "order" BLOB,
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_attachment_by_sha256" ON "entity_attachment" ("sha256");
CREATE INDEX "entity_attachment_by_order" ON "entity_attachment" ("order");
CREATE INDEX "entity_attachment_by_asset" ON "entity_attachment" ("asset");
CREATE TABLE "entity_signature" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_signature_by_order" ON "entity_signature" ("order");
CREATE TABLE "entity_certificate" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "order" BLOB,
    "asset" BLOB,
    "content_hash" BLOB,
    "by" BLOB,
    "series_number" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_certificate_by_number" ON "entity_certificate" ("number");
CREATE INDEX "entity_certificate_by_order" ON "entity_certificate" ("order");
CREATE INDEX "entity_certificate_by_asset" ON "entity_certificate" ("asset");
CREATE INDEX "entity_certificate_by_content_hash" ON "entity_certificate" ("content_hash");
CREATE INDEX "entity_certificate_by_by" ON "entity_certificate" ("by");
CREATE INDEX "entity_certificate_by_series_number" ON "entity_certificate" ("series_number");
CREATE TABLE "entity_certificate_pdf" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "certificate" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_certificate_pdf_by_certificate" ON "entity_certificate_pdf" ("certificate");
CREATE TABLE "entity_exception" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "kind" TEXT,
    "order" BLOB,
    "about" BLOB,
    "owner" TEXT,
    "state" TEXT,
    "subject" BLOB,
    "assignee" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_exception_by_kind" ON "entity_exception" ("kind");
CREATE INDEX "entity_exception_by_order" ON "entity_exception" ("order");
CREATE INDEX "entity_exception_by_about" ON "entity_exception" ("about");
CREATE INDEX "entity_exception_by_owner" ON "entity_exception" ("owner");
CREATE INDEX "entity_exception_by_state" ON "entity_exception" ("state");
CREATE INDEX "entity_exception_by_subject" ON "entity_exception" ("subject");
CREATE INDEX "entity_exception_by_assignee" ON "entity_exception" ("assignee");
CREATE INDEX "entity_exception_by_next_due" ON "entity_exception" ("next_due");
CREATE TABLE "entity_ruling" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "subject" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_ruling_by_subject" ON "entity_ruling" ("subject");
CREATE TABLE "entity_device" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "device" BLOB,
    "user" BLOB,
    "replica" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_device_by_device" ON "entity_device" ("device");
CREATE INDEX "entity_device_by_user" ON "entity_device" ("user");
CREATE INDEX "entity_device_by_replica" ON "entity_device" ("replica");
CREATE TABLE "entity_text" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_text_by_order" ON "entity_text" ("order");
CREATE TABLE "entity_recovered_state" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "author_replica" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_recovered_state_by_author_replica" ON "entity_recovered_state" ("author_replica");
CREATE TABLE "entity_unit" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "serial" TEXT,
    "location" BLOB,
    "asset" BLOB,
    "person" BLOB,
    "reserved_for" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_unit_by_part" ON "entity_unit" ("part");
CREATE INDEX "entity_unit_by_serial" ON "entity_unit" ("serial");
CREATE INDEX "entity_unit_by_location" ON "entity_unit" ("location");
CREATE INDEX "entity_unit_by_asset" ON "entity_unit" ("asset");
CREATE INDEX "entity_unit_by_person" ON "entity_unit" ("person");
CREATE INDEX "entity_unit_by_reserved_for" ON "entity_unit" ("reserved_for");
CREATE TABLE "entity_scheduled_receipt" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "location" BLOB,
    "answers" BLOB,
    "open_for" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_scheduled_receipt_by_part" ON "entity_scheduled_receipt" ("part");
CREATE INDEX "entity_scheduled_receipt_by_location" ON "entity_scheduled_receipt" ("location");
CREATE INDEX "entity_scheduled_receipt_by_answers" ON "entity_scheduled_receipt" ("answers");
CREATE INDEX "entity_scheduled_receipt_by_open_for" ON "entity_scheduled_receipt" ("open_for");
CREATE TABLE "entity_stock_policy" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "location" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_stock_policy_by_part" ON "entity_stock_policy" ("part");
CREATE INDEX "entity_stock_policy_by_location" ON "entity_stock_policy" ("location");
CREATE TABLE "entity_replenishment" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "location" BLOB,
    "state" TEXT,
    "open_for" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_replenishment_by_part" ON "entity_replenishment" ("part");
CREATE INDEX "entity_replenishment_by_location" ON "entity_replenishment" ("location");
CREATE INDEX "entity_replenishment_by_state" ON "entity_replenishment" ("state");
CREATE INDEX "entity_replenishment_by_open_for" ON "entity_replenishment" ("open_for");
CREATE TABLE "entity_hand_over" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "serial" TEXT,
    "from" BLOB,
    "to" BLOB,
    "order" BLOB,
    "state" TEXT,
    "offered_to" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_hand_over_by_part" ON "entity_hand_over" ("part");
CREATE INDEX "entity_hand_over_by_serial" ON "entity_hand_over" ("serial");
CREATE INDEX "entity_hand_over_by_from" ON "entity_hand_over" ("from");
CREATE INDEX "entity_hand_over_by_to" ON "entity_hand_over" ("to");
CREATE INDEX "entity_hand_over_by_order" ON "entity_hand_over" ("order");
CREATE INDEX "entity_hand_over_by_state" ON "entity_hand_over" ("state");
CREATE INDEX "entity_hand_over_by_offered_to" ON "entity_hand_over" ("offered_to");
CREATE TABLE "entity_hand_over_answer" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "hand_over" BLOB,
    "location" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_hand_over_answer_by_hand_over" ON "entity_hand_over_answer" ("hand_over");
CREATE INDEX "entity_hand_over_answer_by_location" ON "entity_hand_over_answer" ("location");
CREATE TABLE "entity_stock_count" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "location" BLOB,
    "part" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_stock_count_by_location" ON "entity_stock_count" ("location");
CREATE INDEX "entity_stock_count_by_part" ON "entity_stock_count" ("part");
CREATE TABLE "entity_lot" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "number" TEXT,
    "expires_on" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_lot_by_part" ON "entity_lot" ("part");
CREATE INDEX "entity_lot_by_number" ON "entity_lot" ("number");
CREATE INDEX "entity_lot_by_expires_on" ON "entity_lot" ("expires_on");
CREATE TABLE "entity_lot_balance" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "location" BLOB,
    "part" BLOB,
    "lot" TEXT,
    "open_for" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_lot_balance_by_location" ON "entity_lot_balance" ("location");
CREATE INDEX "entity_lot_balance_by_part" ON "entity_lot_balance" ("part");
CREATE INDEX "entity_lot_balance_by_lot" ON "entity_lot_balance" ("lot");
CREATE INDEX "entity_lot_balance_by_open_for" ON "entity_lot_balance" ("open_for");
CREATE TABLE "entity_exception_kind" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_escalation_rule" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_exception_event" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "exception" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_exception_event_by_exception" ON "entity_exception_event" ("exception");
CREATE TABLE "entity_team" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_team_by_name" ON "entity_team" ("name");
CREATE TABLE "entity_type_certificate" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "model" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_type_certificate_by_part" ON "entity_type_certificate" ("part");
CREATE INDEX "entity_type_certificate_by_model" ON "entity_type_certificate" ("model");
CREATE TABLE "entity_gas_approval" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "model" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_gas_approval_by_model" ON "entity_gas_approval" ("model");
CREATE TABLE "entity_order_verdict" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_order_verdict_by_order" ON "entity_order_verdict" ("order");
CREATE TABLE "entity_rule_setting" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_work_calendar" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "name" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_work_calendar_by_name" ON "entity_work_calendar" ("name");
CREATE TABLE "entity_service_level" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_stage_limit" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_permit" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "site" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_permit_by_site" ON "entity_permit" ("site");
CREATE INDEX "entity_permit_by_order" ON "entity_permit" ("order");
CREATE TABLE "entity_tool" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "number" TEXT,
    "location" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_tool_by_number" ON "entity_tool" ("number");
CREATE INDEX "entity_tool_by_location" ON "entity_tool" ("location");
CREATE TABLE "entity_channel_profile" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE "entity_asset_placement" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_asset_placement_by_asset" ON "entity_asset_placement" ("asset");
CREATE INDEX "entity_asset_placement_by_order" ON "entity_asset_placement" ("order");
CREATE TABLE "entity_asset_event" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_asset_event_by_asset" ON "entity_asset_event" ("asset");
CREATE INDEX "entity_asset_event_by_order" ON "entity_asset_event" ("order");
CREATE TABLE "entity_asset_setting" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_asset_setting_by_asset" ON "entity_asset_setting" ("asset");
CREATE TABLE "entity_meter" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_meter_by_asset" ON "entity_meter" ("asset");
CREATE TABLE "entity_meter_reading" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "meter" BLOB,
    "asset" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_meter_reading_by_meter" ON "entity_meter_reading" ("meter");
CREATE INDEX "entity_meter_reading_by_asset" ON "entity_meter_reading" ("asset");
CREATE INDEX "entity_meter_reading_by_order" ON "entity_meter_reading" ("order");
CREATE TABLE "entity_maintenance_plan" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB,
    "number" TEXT,
    "meter" BLOB,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_maintenance_plan_by_asset" ON "entity_maintenance_plan" ("asset");
CREATE INDEX "entity_maintenance_plan_by_number" ON "entity_maintenance_plan" ("number");
CREATE INDEX "entity_maintenance_plan_by_meter" ON "entity_maintenance_plan" ("meter");
CREATE INDEX "entity_maintenance_plan_by_next_due" ON "entity_maintenance_plan" ("next_due");
CREATE TABLE "entity_plan_occurrence" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "plan" BLOB,
    "asset" BLOB,
    "order" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_plan_occurrence_by_plan" ON "entity_plan_occurrence" ("plan");
CREATE INDEX "entity_plan_occurrence_by_asset" ON "entity_plan_occurrence" ("asset");
CREATE INDEX "entity_plan_occurrence_by_order" ON "entity_plan_occurrence" ("order");
CREATE TABLE "entity_alert" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_alert_by_asset" ON "entity_alert" ("asset");
CREATE TABLE "entity_blanket_order" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "customer" BLOB,
    "number" TEXT,
    "part" BLOB,
    "status" TEXT,
    "next_due" INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_blanket_order_by_customer" ON "entity_blanket_order" ("customer");
CREATE INDEX "entity_blanket_order_by_number" ON "entity_blanket_order" ("number");
CREATE INDEX "entity_blanket_order_by_part" ON "entity_blanket_order" ("part");
CREATE INDEX "entity_blanket_order_by_status" ON "entity_blanket_order" ("status");
CREATE INDEX "entity_blanket_order_by_next_due" ON "entity_blanket_order" ("next_due");
CREATE TABLE "entity_blanket_release" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "blanket" BLOB,
    "lease" BLOB,
    "order" BLOB,
    "state" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_blanket_release_by_blanket" ON "entity_blanket_release" ("blanket");
CREATE INDEX "entity_blanket_release_by_lease" ON "entity_blanket_release" ("lease");
CREATE INDEX "entity_blanket_release_by_order" ON "entity_blanket_release" ("order");
CREATE INDEX "entity_blanket_release_by_state" ON "entity_blanket_release" ("state");
CREATE TABLE "entity_release_decision" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "release" BLOB,
    "blanket" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_release_decision_by_release" ON "entity_release_decision" ("release");
CREATE INDEX "entity_release_decision_by_blanket" ON "entity_release_decision" ("blanket");
CREATE TABLE "entity_blanket_movement" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "release" BLOB,
    "blanket" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_blanket_movement_by_release" ON "entity_blanket_movement" ("release");
CREATE INDEX "entity_blanket_movement_by_blanket" ON "entity_blanket_movement" ("blanket");
CREATE TABLE "entity_order_line" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "order" BLOB,
    "part" BLOB,
    "asset" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_order_line_by_order" ON "entity_order_line" ("order");
CREATE INDEX "entity_order_line_by_part" ON "entity_order_line" ("part");
CREATE INDEX "entity_order_line_by_asset" ON "entity_order_line" ("asset");
CREATE TABLE "entity_compatibility_rule" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "standing" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_compatibility_rule_by_standing" ON "entity_compatibility_rule" ("standing");
CREATE TABLE "entity_attribute_set" (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    "part" BLOB,
    "model" BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX "entity_attribute_set_by_part" ON "entity_attribute_set" ("part");
CREATE INDEX "entity_attribute_set_by_model" ON "entity_attribute_set" ("model");
