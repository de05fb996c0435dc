# SPDX-License-Identifier: Apache-2.0
# A board is a folder with a board.yaml; adding one needs nothing else. Its device tree is board.dtb in that folder, as a vendor
# has compiled it, or board.dts, which may #include what is in the folder and in its include/, as Linux's do; or, where there is
# neither, what QEMU says of the machine that board.yaml describes.

BOARDS := $(patsubst boards/%/board.yaml,%,$(wildcard boards/*/board.yaml))
BOARD_FILES := $(foreach board,$(BOARDS),$(BUILD)/boards/$(board)/board.yaml $(BUILD)/boards/$(board)/board.dtb)

ALL += $(BOARD_FILES)

$(BUILD)/boards/%/board.yaml: boards/%/board.yaml
	@mkdir -p $(@D)
	cp $< $@

$(BUILD)/boards/%/board.dtb: boards/%/board.dtb
	@mkdir -p $(@D)
	$(say)
	cp $< $@

# -@ keeps the labels: they are names of devices (docs/configuration.md).
$(BUILD)/boards/%/board.dtb: boards/%/board.dts
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) -E -nostdinc -undef -D__DTS__ -x assembler-with-cpp -MMD -MT $@ -MF $@.d -I $(<D) -I $(<D)/include \
	    -o $@.dts $<
	dtc -@ -q -i $(<D) -I dts -O dtb -o $@ $@.dts
	@rm $@.dts
-include $(wildcard $(BUILD)/boards/*/board.dtb.d)

$(BUILD)/boards/%/board.dtb: boards/%/board.yaml boards/dump-device-tree
	@mkdir -p $(@D)
	$(say)
	boards/dump-device-tree $< $@
