# SPDX-License-Identifier: Apache-2.0
# The benchmark: `make bench-counts` counts, prints, and fails when a budget is exceeded; `make bench` runs the experiments too;
# `make report` shows what was found. Nothing of it is built by plain `make`. docs/measuring.md is its manual.

BENCH := $(BUILD)/bench
BENCH_PLUGIN := $(BENCH)/el2count.so
BENCH_SELFTEST := $(BENCH)/selftest.elf
BENCH_PATHS_SELFTEST := $(BENCH)/paths-selftest.elf

BENCH_PLUGIN_SOURCES := $(addprefix bench/plugin/,el2count.c report.c series.c counts.h series.h)
BENCH_PATHS := $(BENCH)/paths.so
BENCH_PATHS_SOURCES := $(addprefix bench/plugin/,paths.c present_path.c turns.c \
                                                 paths.h present_path.h turns.h)

LINT_SOURCES += $(wildcard bench/plugin/*.c bench/plugin/*.h)
LINT_SHELL += bench/plugin/fetch-header.sh bench/peers/xen/fetch

.PHONY: bench bench-counts bench-check bench-declare bench-compare report exits

$(BENCH)/include/qemu-plugin.h: bench/plugin/fetch-header.sh
	$(say)
	bench/plugin/fetch-header.sh $@

$(BENCH_PLUGIN): $(BENCH_PLUGIN_SOURCES)
$(BENCH_PATHS): $(BENCH_PATHS_SOURCES)
$(BENCH_PLUGIN) $(BENCH_PATHS): bench/plugin/shared.c bench/plugin/shared.h \
    $(BENCH)/include/qemu-plugin.h
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -fPIC -shared -fvisibility=hidden -isystem $(BENCH)/include \
	    $$(pkg-config --cflags glib-2.0 | sed 's/-I/-isystem /g') $(filter %.c,$^) -o $@

# The plugins' tests: hypervisor and guest in one, each linked at its own address
# (tests/system/test_counting.py, test_paths.py).
$(BENCH_SELFTEST) $(BENCH_PATHS_SELFTEST): $(BENCH)/%.elf: bench/plugin/%.S
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc -nostdlib -static -no-pie -Wl,--build-id=none -Wl,--section-start=hypervisor=0x40100000 \
	    -Wl,--section-start=guest=0x40200000 -Wl,--section-start=state=0x40300000 $< -o $@

# The guests that are measured: on guests/kit, but for the one that only boots.
BENCH_KIT_GUESTS := $(patsubst bench/guests/%.c,$(BENCH)/guests/%.elf,$(wildcard bench/guests/*.c))
BENCH_GUESTS := $(BENCH_KIT_GUESTS) $(BENCH)/guests/boot.bin $(BENCH)/guests/boot-16mb-image.bin \
                $(BENCH)/guests/storm-tiny.bin

LINT_SOURCES += $(wildcard bench/guests/*.c bench/guests/*.h)

$(BENCH)/guests/%.o: bench/guests/%.c
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(BENCH_KIT_GUESTS): $(BENCH)/guests/%.elf: $(BENCH)/guests/%.o $(BUILD)/guests/kit.a
	$(say)
	$(call guest_link,$@,$<)

$(BENCH)/guests/mortal.elf: GUEST_LINK += -Wl,--entry=first_instruction

$(BENCH)/guests/boot-16mb-image.bin: BENCH_DEFINES := -DFILLING=16777216
$(BENCH)/guests/boot.bin $(BENCH)/guests/boot-16mb-image.bin: bench/guests/boot.S
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(BENCH_DEFINES) -c $< -o $@.o
	$(CROSS)objcopy -O binary $@.o $@
	@rm $@.o

$(BENCH)/guests/storm-tiny.bin: bench/guests/storm-tiny.S
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc -c $< -o $@.o
	$(CROSS)objcopy -O binary $@.o $@
	@rm $@.o

-include $(BENCH_KIT_GUESTS:.elf=.d)

# Linux programs: pipe and jobs are the first one of a Linux with a root file system of their own, flood is for the usual one.
LINT_SOURCES += $(wildcard bench/guests/linux/*.c bench/guests/linux/*.h)
LINT_SHELL += bench/guests/linux/flood

BENCH_LINUX := $(patsubst bench/guests/linux/%.c,$(BENCH)/guests/%,$(wildcard bench/guests/linux/*.c))

$(BENCH_LINUX): $(BENCH)/guests/%: bench/guests/linux/%.c $(wildcard bench/guests/linux/*.h) bench/guests/section.h
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -static -s -Wl,--build-id=none -o $@ $<

$(BENCH)/guests/pipe.cpio.gz: $(BUILD)/linux/packages $(BENCH)/guests/pipe linux/make-initramfs
	@echo "linux: packing $(@F)"
	@linux/make-initramfs $< $@ arm64 root/pipe=$(BENCH)/guests/pipe

$(BENCH)/guests/jobs.cpio.gz: $(BUILD)/linux/packages $(BENCH)/guests/jobs linux/make-initramfs
	@echo "linux: packing $(@F)"
	@linux/make-initramfs $< $@ arm64 root/jobs=$(BENCH)/guests/jobs usr/bin/hackbench

BENCH_MODULES := $(addprefix kernel/,net/core/failover.ko drivers/net/net_failover.ko drivers/net/virtio_net.ko \
                                     drivers/virtio/virtio_mmio.ko)
$(BENCH)/guests/flood.cpio.gz: $(BUILD)/linux/packages $(BUILD)/linux/module-arm64/nagaya_uio.ko $(LINUX_INITRD_PARTS) \
    bench/guests/linux/flood $(BENCH)/guests/send
	$(call linux_initrd,arm64,usr/bin/hackbench bin/flood=bench/guests/linux/flood bin/send=$(BENCH)/guests/send $(BENCH_MODULES))

# The systems that are measured.
BENCH_SYSTEMS := $(patsubst bench/systems/%.yaml,$(BENCH)/systems/%.elf,$(wildcard bench/systems/*.yaml))

$(BENCH)/systems/%.elf: bench/systems/%.yaml $(BENCH_GUESTS) $(BUILD)/nagaya $(BUILD)/hypervisor/arm64-gicv3.elf \
    $(BUILD)/boards/qemu-virt/board.yaml $(BUILD)/boards/qemu-virt/board.dtb $(BUILD)/linux/Image $(BUILD)/linux/initrd.cpio.gz \
    $(BENCH)/guests/pipe.cpio.gz
	@mkdir -p $(@D)
	$(say)
	$(BUILD)/nagaya compose $< -o $@

BENCH_ENGINES := $(addprefix $(BUILD)/hypervisor/,arm64-gicv3.elf arm64-gicv3-debug.elf)

bench-counts: $(BENCH_ENGINES) $(BENCH_PLUGIN) $(BENCH_PATHS) $(BENCH_SYSTEMS) \
    $(BUILD)/tests/flips/check-flips
	@/usr/bin/python3 -m bench $(BUILD) --counts $(MEASURES)
	@/usr/bin/python3 -m bench.counts.check_budgets $(BUILD)

bench: $(BENCH_ENGINES) $(BENCH_PLUGIN) $(BENCH_PATHS) $(BENCH_SYSTEMS) \
    $(BUILD)/tests/flips/check-flips $(BENCH)/guests/jobs.cpio.gz $(BENCH)/guests/flood.cpio.gz
	@/usr/bin/python3 -m bench $(BUILD) $(if $(TIMES),--times $(TIMES)) $(MEASURES)
	@/usr/bin/python3 -m bench.counts.check_budgets $(BUILD)

bench-check:
	@/usr/bin/python3 -m bench.counts.check_budgets $(BUILD)

# Writes what was counted last into bench/budgets.yaml, as what the numbers are now.
bench-declare:
	@/usr/bin/python3 -m bench.counts.declare_budgets $(BUILD)

# make bench-compare A.json B.json: the files are words of the command line, and no goals.
ifeq ($(firstword $(MAKECMDGOALS)),bench-compare)
BENCH_COMPARED := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(BENCH_COMPARED)
$(BENCH_COMPARED): bench-compare
	@:
endif
bench-compare:
	@/usr/bin/python3 -m bench.counts.compare_results $(BENCH_COMPARED)

# $(BUILD)/report/index.html, docs/performance.md and README.md's table, from what make bench (and ./test) has found.
report:
	@/usr/bin/python3 -m bench.report $(BUILD) .

# What paths through the hypervisor were seen to cost, in whatever was run under
# `python3 -m bench.exits build count`.
exits:
	@/usr/bin/python3 -m bench.exits $(BUILD) table
