# SPDX-License-Identifier: Apache-2.0
# The engine: one ELF per architecture, for any board, and one with the debug console. Differences are resolved here, by
# which files are linked.

HYP_COMMON := $(wildcard hypervisor/*.c hypervisor/sched/*.c)
HYP_NUMBERS := hypervisor/arch/arm64/asm_numbers.c
# For linters and proofs, which read the sources by themselves.
.PHONY: engine-rooms
engine-rooms:
	@echo hypervisor $(HYP_ROOMS)

# The rooms of arm64-gicv3: what all Arm ports share, the interrupt controller, how its third version is reached, EL2.
HYP_ROOMS  := $(addprefix hypervisor/arch/,arm arm/gic arm/gic/v3 arm64)
HYP_ARM64  := $(filter-out $(HYP_NUMBERS),$(wildcard $(addsuffix /*.c,$(HYP_ROOMS)) $(addsuffix /*.S,$(HYP_ROOMS))))
HYP_SOURCES := $(HYP_COMMON) $(HYP_ARM64)
HYP_OBJECTS := $(patsubst hypervisor/%,$(BUILD)/hypervisor/obj/%.o,$(HYP_SOURCES))
HYP_RELEASE := $(HYP_OBJECTS) $(BUILD)/hypervisor/obj/release/console.c.o
HYP_DEBUG   := $(HYP_OBJECTS) $(BUILD)/hypervisor/debug/console.c.o $(BUILD)/hypervisor/debug/log_format.c.o
HYP_ELFS := $(BUILD)/hypervisor/arm64-gicv3.elf $(BUILD)/hypervisor/arm64-gicv3-debug.elf

# No libc, no floating point (a guest's registers stay where they are), no alignment assumptions before the MMU is on.
HYP_TARGET := -std=c17 -Os -g -flto -fno-move-loop-invariants -fno-tree-ch -fno-shrink-wrap -fno-ipa-cp --param max-inline-insns-auto=4 \
              -fomit-frame-pointer -fno-align-functions -ffreestanding -nostdlib -fno-pic -fno-common -fno-stack-protector \
              -fno-asynchronous-unwind-tables -fno-jump-tables -fno-tree-loop-distribute-patterns \
              -mcmodel=tiny -march=armv8-a -mgeneral-regs-only -mno-outline-atomics -mstrict-align -ffixed-x18 \
              -ffunction-sections -fdata-sections -fno-delete-null-pointer-checks $(NO_PATHS)
HYP_CFLAGS := $(HYP_TARGET) -Iabi -Ihypervisor $(addprefix -I,$(HYP_ROOMS)) \
              -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wno-override-init -Werror
# Small, but for the files of the paths with a budget in instructions (bench/budgets.yaml), which are fast.
HYP_FAST := $(addprefix hypervisor/,sched.c sched/server.c sched/server_decide.c sched/edf.c hypercall.c doorbell.c arch/arm64/clock.c \
              arch/arm/gic/injection.c arch/arm/gic/emulation.c arch/arm/gic/sgi.c arch/arm/gic/switch.c arch/arm64/doorbell_exit.c \
              arch/arm64/vcpu.c sched/turns.c sched/timetable.c sched/round_robin.c)
$(HYP_FAST:hypervisor/%=$(BUILD)/hypervisor/obj/%.o): HYP_CFLAGS += -O2 -fshrink-wrap
HYP_LDS := $(BUILD)/hypervisor/arm64.lds

ALL += $(HYP_ELFS)
LINT_SOURCES += $(filter %.c,$(HYP_SOURCES)) $(HYP_NUMBERS) $(wildcard hypervisor/release/*.c hypervisor/debug/*.c hypervisor/*.h $(addsuffix /*.h,$(HYP_ROOMS)) abi/*.h)

define HYP_COMPILE
@mkdir -p $(@D)
$(say)
$(CROSS)gcc $(HYP_CFLAGS) -MMD -MP -c $< -o $@
endef

$(BUILD)/hypervisor/obj/%.c.o: hypervisor/%.c hypervisor/build.mk
	$(HYP_COMPILE)

# What the assembly needs to know of C structures, from the compiler itself.
HYP_NUMBERS_H := $(BUILD)/hypervisor/numbers/asm_numbers.h
$(HYP_NUMBERS_H): $(HYP_NUMBERS) hypervisor/build.mk
	@mkdir -p $(@D) $(BUILD)/hypervisor/obj
	$(say)
	$(CROSS)gcc $(HYP_CFLAGS) -fno-lto -MMD -MP -MF $(BUILD)/hypervisor/obj/asm_numbers.d -MT $@ -S $< -o $@.s
	sed -n 's/^[[:space:]]*=\([A-Z0-9_]*\) #*\(.*\)/#define \1 \2/p' $@.s > $@

$(BUILD)/hypervisor/obj/%.S.o: HYP_CFLAGS += -I$(dir $(HYP_NUMBERS_H))
$(BUILD)/hypervisor/obj/%.S.o: hypervisor/%.S $(HYP_NUMBERS_H) hypervisor/build.mk
	$(HYP_COMPILE)

# Apart from obj/, all of which is in arm64-gicv3.elf (bench/counts/measures.py).
$(BUILD)/hypervisor/debug/%.c.o: HYP_CFLAGS += -Ilib
$(BUILD)/hypervisor/debug/%.c.o: hypervisor/debug/%.c hypervisor/build.mk
	$(HYP_COMPILE)

$(BUILD)/hypervisor/debug/%.c.o: lib/%.c hypervisor/build.mk
	$(HYP_COMPILE)

$(HYP_LDS): hypervisor/arch/arm64/hypervisor.lds abi/el2_map.h
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc -E -P -x c -Iabi $< -o $@

$(BUILD)/hypervisor/arm64-gicv3.elf: $(HYP_RELEASE)
$(BUILD)/hypervisor/arm64-gicv3-debug.elf: $(HYP_DEBUG)
$(HYP_ELFS): $(HYP_LDS) hypervisor/build.mk
	$(say)
	$(CROSS)gcc $(HYP_TARGET) -static -no-pie -Wl,-T,$(HYP_LDS) -Wl,--gc-sections -Wl,--build-id=none \
	    -Wl,--fatal-warnings -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments $(filter %.o,$^) -o $@

# The bound of each way through it: a loop without one fails the build (docs/bounds.md). Loops are found in the sources, too.
HYP_BOUNDS := $(BUILD)/hypervisor/bounds.json
ALL += $(HYP_BOUNDS)

$(HYP_BOUNDS): $(BUILD)/hypervisor/arm64-gicv3.elf $(wildcard bench/bound/*.py bench/bound/*.yaml) bench/exit_classes.yaml \
               $(addprefix bench/common/,debug_info.py disassembly.py elf.py exit_classes.py)
	$(say)
	/usr/bin/python3 -m bench.bound make $< $@

-include $(patsubst %.o,%.d,$(sort $(HYP_RELEASE) $(HYP_DEBUG))) $(BUILD)/hypervisor/obj/asm_numbers.d
