# SPDX-License-Identifier: Apache-2.0
# The host tools. A folder is a room: it sees abi/, lib/ and the rooms that are listed for it, by the include paths that
# its files are compiled with; scripts/lint rooms looks at the symbols, too. design: docs/architecture.md

# From the user's files to the image, each stage after those that it may use.
COMPOSE_ROOMS := base yaml model board config resolve schedulability engine arch layout \
                 emit/tables emit/plan emit/guest_dt emit/image

# rooms_before LIST NAME: the rooms of LIST up to NAME, with it.
rooms_before = $(if $(filter $(2),$(firstword $(1))),$(2),$(firstword $(1)) $(call rooms_before,$(wordlist 2,99,$(1)),$(2)))

$(foreach room,$(COMPOSE_ROOMS),$(eval ROOMS_OF_$(room) := $(call rooms_before,$(COMPOSE_ROOMS),$(room))))
ROOMS_OF_inspect := inspect
ROOMS_OF_check   := inspect check
ROOMS_OF_show    := base schedulability inspect check show
ROOMS_OF_compose := $(COMPOSE_ROOMS) check compose
ROOMS_OF_run     := base yaml model inspect compose run
ROOMS_OF_tool    := $(COMPOSE_ROOMS) compose check show run tool

COMPOSER_ROOMS := $(COMPOSE_ROOMS) compose inspect check show run tool

# room_sources ROOMS
room_sources = $(sort $(foreach room,$(1),$(wildcard composer/$(room)/*.c)))
# The include paths of a file in a room.
room_includes = -Ilib $(addprefix -Icomposer/,$(ROOMS_OF_$(patsubst composer/%/,%,$(dir $(1)))))

LIB_SOURCES      := $(filter-out lib/ring.c,$(sort $(wildcard lib/*.c))) # that is for guests and Linux
COMPOSER_SOURCES := $(call room_sources,$(COMPOSER_ROOMS)) $(LIB_SOURCES)
COMPOSER_OBJECTS := $(COMPOSER_SOURCES:%.c=$(BUILD)/host/%.o)
COMPOSER_LIBS    := -lyaml -lfdt -lelf -lz

ALL += $(BUILD)/nagaya
LINT_SOURCES += $(COMPOSER_SOURCES)

$(BUILD)/host/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) $(call room_includes,$<) -MMD -MP -c -o $@ $<

$(BUILD)/nagaya: $(COMPOSER_OBJECTS)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(COMPOSER_LIBS)

-include $(COMPOSER_OBJECTS:.o=.d)
