# SPDX-License-Identifier: Apache-2.0
# A board is a folder with a board.yaml; adding one needs nothing else. Its device tree is board.dts in that folder, or,
# where there is none, what QEMU says of the machine that board.yaml describes.

BOARDS := $(patsubst boards/%/board.yaml,%,$(wildcard boards/*/board.yaml))
BOARD_FILES := $(foreach board,$(BOARDS),$(BUILD)/boards/$(board)/board.yaml $(BUILD)/boards/$(board)/board.dtb)

ALL += $(BOARD_FILES)

$(BUILD)/boards/%/board.yaml: boards/%/board.yaml
	@mkdir -p $(@D)
	cp $< $@

$(BUILD)/boards/%/board.dtb: boards/%/board.dts
	@mkdir -p $(@D)
	dtc -q -I dts -O dtb -o $@ $<

$(BUILD)/boards/%/board.dtb: boards/%/board.yaml boards/dump-device-tree
	@mkdir -p $(@D)
	boards/dump-device-tree $< $@
