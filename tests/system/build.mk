# SPDX-License-Identifier: Apache-2.0
# Guests that only system tests use: tests/system/guests/NAME.c on guests/kit, tests/system/guests/bare/ on nothing.
# Included by tests/build.mk. Products: build/tests/system/NAME.elf, which a system names `image: tests/system/NAME.elf`.

SYSTEM := $(BUILD)/tests/system
SYSTEM_KIT  := $(patsubst tests/system/guests/%.c,%,$(wildcard tests/system/guests/*.c))
SYSTEM_BARE := where-ram where-zero where-virtual habits

.PHONY: system-guests
system-guests: $(SYSTEM_KIT:%=$(SYSTEM)/%.elf) $(SYSTEM_BARE:%=$(SYSTEM)/%.elf) \
               $(SYSTEM)/where.bin $(SYSTEM)/firmware.bin $(SYSTEM)/initrd.cpio.gz
LINT_SOURCES += $(wildcard tests/system/guests/*.c tests/system/guests/*/*.c tests/system/guests/*/*.h)

$(SYSTEM)/obj/%.o: tests/system/guests/% tests/system/build.mk
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

# What a guest has besides its own file.
SYSTEM_PARTS_exchange := $(SYSTEM)/obj/exchange/side.c.o
SYSTEM_PARTS_features := $(SYSTEM)/obj/features/probes.S.o
SYSTEM_PARTS_victim := $(BUILD)/guests/obj/fuzzer-victim/filled.c.o
SYSTEM_PARTS_programs := $(BUILD)/guests/obj/attacker/user_enter.S.o
SYSTEM_PARTS_debug := $(addprefix $(SYSTEM)/obj/debug/,code.S.o points.c.o) $(BUILD)/guests/obj/attacker/user_enter.S.o
$(addprefix $(SYSTEM)/obj/,programs.c.o debug.c.o): private GUEST_CFLAGS += -Iguests/attacker
$(SYSTEM)/obj/victim.c.o: private GUEST_CFLAGS += -Iguests/fuzzer-victim

define system_kit_guest
$(SYSTEM)/$(1).elf: $(SYSTEM)/obj/$(1).c.o $(SYSTEM_PARTS_$(1)) $(KIT_ARCHIVE)
	$$(say)
	$$(call guest_link,$$@,$(SYSTEM)/obj/$(1).c.o $(SYSTEM_PARTS_$(1)))
-include $(SYSTEM)/obj/$(1).c.d
endef
$(foreach name,$(SYSTEM_KIT),$(eval $(call system_kit_guest,$(name))))

# What nagayactl loads in talker's place: the same, but for its name.
$(SYSTEM)/obj/newcomer.c.o: tests/system/guests/talker.c tests/system/build.mk
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(GUEST_CFLAGS) -DTALKER_LOADED -MMD -MP -c $< -o $@
$(SYSTEM)/newcomer.elf: $(SYSTEM)/obj/newcomer.c.o $(KIT_ARCHIVE)
	$(say)
	$(call guest_link,$@,$(SYSTEM)/obj/newcomer.c.o)
-include $(SYSTEM)/obj/newcomer.c.d

# A Linux that has something to load, and to try.
SYSTEM_LINUX := newcomer.elf uio-rights single-step exchange
$(SYSTEM)/uio-rights $(SYSTEM)/single-step: $(SYSTEM)/%: tests/system/guests/linux/%.c
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -static -s -Wl,--build-id=none -o $@ $<

$(SYSTEM)/exchange: tests/system/guests/linux/exchange.c tests/system/guests/exchange/side.c \
                    tests/system/guests/exchange/side.h $(LINUX)/libnagaya.a
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -static -s -Wl,--build-id=none -o $@ $(filter %.c %.a,$^)

$(SYSTEM)/initrd.cpio.gz: $(LINUX)/packages $(LINUX)/module-arm64/nagaya_uio.ko $(LINUX_INITRD_PARTS) $(SYSTEM_LINUX:%=$(SYSTEM)/%)
	@mkdir -p $(@D)
	$(call linux_initrd,arm64,$(foreach file,$(SYSTEM_LINUX),root/$(file)=$(SYSTEM)/$(file)))

# One that has a debugger: made when its test runs (test_debug_linux.py), for Debian's gdb is fetched only then.
SYSTEM_GDB := tests/system/guests/linux/gdb
LINT_SHELL += $(SYSTEM_GDB)/fetch

$(SYSTEM)/debugged: $(SYSTEM_GDB)/debugged.c
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(NAGAYACTL_CFLAGS) -O0 -static -Wl,--build-id=none -o $@ $<

$(SYSTEM)/gdb-packages: $(SYSTEM_GDB)/fetch scripts/apt-sources
	@mkdir -p $(@D)
	@$(SYSTEM_GDB)/fetch $@

$(SYSTEM)/gdb.cpio.gz: $(LINUX)/packages $(SYSTEM)/gdb-packages $(LINUX)/module-arm64/nagaya_uio.ko $(LINUX_INITRD_PARTS) \
                       $(SYSTEM)/debugged $(SYSTEM_GDB)/session
	@echo "linux: packing $(@F)"
	@cat $(LINUX)/packages $(SYSTEM)/gdb-packages >$@.packages
	@linux/make-initramfs $@.packages $@ arm64 init=linux/init bin/load=linux/load bin/demo=linux/demo \
	    bin/nagayactl=$(LINUX)/nagayactl lib/modules/nagaya_uio.ko=$(LINUX)/module-arm64/nagaya_uio.ko usr/bin/gdb \
	    root/debugged=$(SYSTEM)/debugged root/session=$(SYSTEM_GDB)/session

BARE_FOLDER := tests/system/guests/bare
BARE_CFLAGS := -std=gnu17 -O2 -ffreestanding -fno-pie -mgeneral-regs-only -march=armv8-a -mstrict-align \
               -fno-stack-protector -fno-asynchronous-unwind-tables -Wall -Wextra -Wconversion -Wshadow -Werror \
               $(NO_PATHS)
BARE_PARTS  := $(addprefix $(BARE_FOLDER)/,start.S bare.h bare.lds) tests/system/build.mk

# Source, virtual and physical address, flags.
$(SYSTEM)/where-ram.elf:     private BARE := where.c 0x40080000 0x40080000 -DFIXED_TREE=0x40000000U
$(SYSTEM)/where-zero.elf:    private BARE := where.c 0 0
$(SYSTEM)/where-virtual.elf: private BARE := where.c 0xffff000000080000 0x40080000
$(SYSTEM)/habits.elf:        private BARE := habits.c 0x40080000 0x40080000

$(SYSTEM_BARE:%=$(SYSTEM)/%.elf): $(BARE_PARTS) $(wildcard $(BARE_FOLDER)/*.c)
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc $(BARE_CFLAGS) $(word 4,$(BARE)) -nostdlib -static -Wl,--build-id=none,--no-warn-rwx-segments \
	    -Wl,--defsym=virtual_base=$(word 2,$(BARE)) -Wl,--defsym=physical_base=$(word 3,$(BARE)) \
	    -Wl,-T,$(BARE_FOLDER)/bare.lds $(BARE_FOLDER)/start.S $(BARE_FOLDER)/$(word 1,$(BARE)) -o $@

$(SYSTEM)/where.bin: $(SYSTEM)/where-zero.elf
	$(CROSS)objcopy -O binary $< $@

# What is at EL3 below a system, where a test has to know what the firmware is asked.
$(SYSTEM)/firmware.bin: tests/system/guests/firmware/firmware.S tests/system/build.mk
	@mkdir -p $(@D)
	$(say)
	$(CROSS)gcc -nostdlib -static -Wl,--build-id=none,-Ttext=0 $< -o $(@:.bin=.elf)
	$(CROSS)objcopy -O binary $(@:.bin=.elf) $@
