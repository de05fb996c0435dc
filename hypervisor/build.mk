# SPDX-License-Identifier: Apache-2.0
# The engine: an ELF for each port, which is an architecture with an interrupt controller, for any board that has these; and
# one more of each with the debug console. Differences are resolved here, by which files are linked.

HYP_PORTS := arm64-gicv3 arm64-gicv2

# The rooms of a port: what all Arm ports share, the interrupt controller, how its version is reached, EL2.
HYP_ROOMS_arm64-gicv3 := $(addprefix hypervisor/arch/,arm arm/gic arm/gic/v3 arm64)
HYP_ROOMS_arm64-gicv2 := $(addprefix hypervisor/arch/,arm arm/gic arm/gic/v2 arm64)

HYP_COMMON := $(wildcard hypervisor/*.c hypervisor/sched/*.c)
HYP_OFFSETS := hypervisor/arch/arm64/asm_offsets.c
# For linters and proofs, which read the sources by themselves: all rooms, or those of PORT.
PORT ?= $(firstword $(HYP_PORTS))
HYP_ROOMS := $(HYP_ROOMS_$(PORT))
.PHONY: engine-ports engine-rooms
engine-ports:
	@echo $(HYP_PORTS)
engine-rooms:
	@echo hypervisor $(HYP_ROOMS)

# No libc, no floating point (a guest's registers stay where they are), no alignment assumptions before the MMU is on.
HYP_TARGET := -std=c17 -Os -g -flto -fno-move-loop-invariants -fno-tree-ch -fno-shrink-wrap -fno-ipa-cp --param max-inline-insns-auto=4 \
              -fomit-frame-pointer -fno-align-functions -ffreestanding -nostdlib -fno-pic -fno-common -fno-stack-protector \
              -fno-asynchronous-unwind-tables -fno-jump-tables -fno-tree-loop-distribute-patterns \
              -mcmodel=tiny -march=armv8-a -mgeneral-regs-only -mno-outline-atomics -mstrict-align -ffixed-x18 \
              -ffunction-sections -fdata-sections -fno-delete-null-pointer-checks $(NO_PATHS)
HYP_CFLAGS := $(HYP_TARGET) -Iabi -Ihypervisor \
              -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-override-init -Werror
# Small, but for the files of the paths with a budget in instructions (bench/budgets.yaml), which are fast.
HYP_FAST := $(addprefix hypervisor/,sched.c sched/server.c sched/server_decide.c sched/edf.c hypercall.c doorbell.c arch/arm64/clock.c \
              arch/arm/gic/injection.c arch/arm/gic/switch.c $(foreach version,v2 v3,arch/arm/gic/$(version)/emulation.c arch/arm/gic/$(version)/sgi.c) arch/arm64/doorbell_exit.c \
              arch/arm64/vcpu.c sched/turns.c sched/timetable.c sched/round_robin.c)
HYP_LDS := $(BUILD)/hypervisor/arm64.lds
HYP_ELFS := $(foreach port,$(HYP_PORTS),$(BUILD)/hypervisor/$(port).elf $(BUILD)/hypervisor/$(port)-debug.elf)

ALL += $(HYP_ELFS)
HYP_ALL_ROOMS := $(sort $(foreach port,$(HYP_PORTS),$(HYP_ROOMS_$(port))))
LINT_SOURCES += $(HYP_COMMON) $(wildcard hypervisor/release/*.c hypervisor/debug/*.c hypervisor/*.h abi/*.h \
                                         $(foreach room,$(HYP_ALL_ROOMS),$(room)/*.c $(room)/*.h))

define HYP_COMPILE
@mkdir -p $(@D)
$(say)
$(CROSS)gcc $(HYP_CFLAGS) -MMD -MP -c $< -o $@
endef

# engine PORT: objects go to hypervisor/PORT/, and what only the one with the console has to hypervisor/PORT-debug/
# (bench/counts/measures.py counts the lines of the first).
define engine
HYP_SOURCES_$(1) := $$(HYP_COMMON) $$(filter-out $$(HYP_OFFSETS),$$(wildcard $$(addsuffix /*.c,$$(HYP_ROOMS_$(1))) $$(addsuffix /*.S,$$(HYP_ROOMS_$(1)))))
HYP_OBJECTS_$(1) := $$(patsubst hypervisor/%,$(BUILD)/hypervisor/$(1)/%.o,$$(HYP_SOURCES_$(1)))
HYP_RELEASE_$(1) := $$(HYP_OBJECTS_$(1)) $(BUILD)/hypervisor/$(1)/release/console.c.o
HYP_DEBUG_$(1)   := $$(HYP_OBJECTS_$(1)) $(BUILD)/hypervisor/$(1)-debug/console.c.o $(BUILD)/hypervisor/$(1)-debug/log_format.c.o
HYP_OFFSETS_H_$(1) := $(BUILD)/hypervisor/$(1)-offsets/asm_offsets.h

$(BUILD)/hypervisor/$(1)/% $(BUILD)/hypervisor/$(1)-debug/% $(BUILD)/hypervisor/$(1)-offsets/%: HYP_CFLAGS += $$(addprefix -I,$$(HYP_ROOMS_$(1)))
$$(HYP_FAST:hypervisor/%=$(BUILD)/hypervisor/$(1)/%.o): HYP_CFLAGS += -O2 -fshrink-wrap

$(BUILD)/hypervisor/$(1)/%.c.o: hypervisor/%.c hypervisor/build.mk
	$$(HYP_COMPILE)

# What the assembly needs to know of C structures, from the compiler itself.
$$(HYP_OFFSETS_H_$(1)): $(HYP_OFFSETS) hypervisor/build.mk
	@mkdir -p $$(@D)
	$$(say)
	$(CROSS)gcc $$(HYP_CFLAGS) -fno-lto -MMD -MP -MF $(BUILD)/hypervisor/$(1)-offsets/asm_offsets.d -MT $$@ -S $$< -o $$@.s
	sed -n 's/^[[:space:]]*=\([A-Z0-9_]*\) [#$$$$]*\(.*\)/#define \1 \2/p' $$@.s > $$@

$(BUILD)/hypervisor/$(1)/%.S.o: HYP_CFLAGS += -I$$(dir $$(HYP_OFFSETS_H_$(1)))
$(BUILD)/hypervisor/$(1)/%.S.o: hypervisor/%.S $$(HYP_OFFSETS_H_$(1)) hypervisor/build.mk
	$$(HYP_COMPILE)

$(BUILD)/hypervisor/$(1)-debug/%.c.o: HYP_CFLAGS += -Ilib
$(BUILD)/hypervisor/$(1)-debug/%.c.o: hypervisor/debug/%.c hypervisor/build.mk
	$$(HYP_COMPILE)

$(BUILD)/hypervisor/$(1)-debug/%.c.o: lib/%.c hypervisor/build.mk
	$$(HYP_COMPILE)

$(BUILD)/hypervisor/$(1).elf: $$(HYP_RELEASE_$(1))
$(BUILD)/hypervisor/$(1)-debug.elf: $$(HYP_DEBUG_$(1))
-include $$(patsubst %.o,%.d,$$(sort $$(HYP_RELEASE_$(1)) $$(HYP_DEBUG_$(1)))) $(BUILD)/hypervisor/$(1)-offsets/asm_offsets.d
endef
$(foreach port,$(HYP_PORTS),$(eval $(call engine,$(port))))

$(HYP_LDS): hypervisor/arch/arm64/hypervisor.lds abi/el2_map.h
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc -E -P -x c -Iabi $< -o $@

$(HYP_ELFS): $(HYP_LDS) hypervisor/build.mk
	$(say)
	$(CROSS)gcc $(HYP_TARGET) -static -no-pie -Wl,-T,$(HYP_LDS) -Wl,--gc-sections -Wl,--build-id=none \
	    -Wl,--fatal-warnings -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments $(filter %.o,$^) -o $@

# The bound of each path through it: a loop without one fails the build (docs/bounds.md). Loops are found in the sources, too. The
# first port's are bounds.json, another's bounds-gicv2.json.
HYP_BOUNDS := $(BUILD)/hypervisor/bounds.json
HYP_OTHER_BOUNDS := $(patsubst arm64-%,$(BUILD)/hypervisor/bounds-%.json,$(filter-out $(firstword $(HYP_PORTS)),$(HYP_PORTS)))
ALL += $(HYP_BOUNDS) $(HYP_OTHER_BOUNDS)

$(HYP_BOUNDS): $(BUILD)/hypervisor/$(firstword $(HYP_PORTS)).elf
$(HYP_OTHER_BOUNDS): $(BUILD)/hypervisor/bounds-%.json: $(BUILD)/hypervisor/arm64-%.elf
$(HYP_BOUNDS) $(HYP_OTHER_BOUNDS): $(wildcard bench/bound/*.py bench/bound/*.yaml) bench/exit_classes.yaml \
               $(addprefix bench/common/,debug_info.py disassembly.py elf.py exit_classes.py sizes.py)
	$(say)
	/usr/bin/python3 -m bench.bound make $(filter %.elf,$^) $@
