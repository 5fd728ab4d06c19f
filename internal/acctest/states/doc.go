// Package states holds states of all resources as a real CLI wrote them with an earlier provider, and a test that plans each of
// them against a simulator that has the same objects. Users who upgrade the provider have such states.
//
// testdata/<resource> has
//
//   - plain.tf and every_argument.tf: the configuration, without the provider's block;
//   - plain.create.json and every_argument.create.json: the API requests that make the object in a simulator without the provider, and
//     before them those that prepare the simulator ("prepares");
//   - <variant>.tfstate: the state, byte by byte as the CLI left it, with schema_version and private data. The variants are plain (applied),
//     imported, pending (the apply was interrupted while the platform held its task), tainted, every_argument, and
//     imported_every_argument (imported into the configuration that sets arguments which an import cannot know: the mark in the private
//     data keeps these from replacing the object);
//   - <variant>.json: the CLI's version, the values of the state that differ in every simulator by what they are called there, and
//     what the provider planned that wrote the state.
//
// "{{name}}" in a configuration and in requests stands for the value that the simulator's inventory gives the name. In a state, the test
// replaces recorded values by the simulator's own, also inside the private data, which it decodes and encodes again. Nothing else of
// a state changes.
//
// A plan has to be the recorded one: no action and no drift for plain, imported and every_argument (an import of vmfork_zstack_clone still
// writes its source down, in place), adoption without a change for a pending object whose task has ended, and an update in place
// while it runs; a tainted object is replaced. A pending object is also planned when the platform has forgotten its task: then only the
// private data tells how to look for it.
//
// The recordings were made by Terraform 1.11.4, which stores no identity, with:
//
//	go test ./internal/acctest/states -args -record
//
// This records states that are not there yet, such as those of a new resource, and leaves the others alone.
//
// # Rules
//
//   - A recording is never made again so that a test passes: it is what users have. When a plan differs, the provider is wrong.
//   - A new argument gets no schema default: null means the default, so that a state without the argument plans no change.
//   - An attribute that changes its type gets a higher schema version and a state upgrader; the recordings stay at the old version.
//   - A key or a form of private data that is no longer written is still read.
package states
