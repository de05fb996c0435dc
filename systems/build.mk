# SPDX-License-Identifier: Apache-2.0
# The example systems, composed: build/systems/NAME.elf. An image depends on all that a system can name.

SYSTEMS := $(patsubst systems/%.yaml,%,$(wildcard systems/*.yaml))
SYSTEM_PARTS := $(BUILD)/nagaya $(HYP_ELFS) \
                $(filter $(BUILD)/boards/% $(BUILD)/guests/% $(BUILD)/linux/%,$(ALL))

ALL += $(SYSTEMS:%=$(BUILD)/systems/%.elf)

$(BUILD)/systems/%.elf: systems/%.yaml $(SYSTEM_PARTS)
	@mkdir -p $(@D)
	$(say)
	$(BUILD)/nagaya compose $< -o $@
