# SPDX-License-Identifier: Apache-2.0
# How much of what could be wrong with an image check refuses (flips.py; make bench-counts runs it, as check_kill_percent).

CHECK_FLIPS := $(BUILD)/tests/flips/check-flips

LINT_SOURCES += tests/flips/check_flips.c

$(CHECK_FLIPS): tests/flips/check_flips.c $(addprefix $(BUILD)/host/,libcheck.a libinspect.a libshared.a)
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -Ilib $(addprefix -Icomposer/,$(ROOMS_OF_check)) -Wl,--wrap=report_fail -o $@ $^ -lyaml -lfdt -lz

.PHONY: check-flips
check-flips: $(CHECK_FLIPS) $(BUILD)/nagaya $(addprefix $(BUILD)/hypervisor/,arm64-gicv2.elf arm64-gicv3.elf) \
             $(BOARD_FILES) $(BUILD)/guests/spin.elf
	@/usr/bin/python3 -m tests.flips.flips $(BUILD)
