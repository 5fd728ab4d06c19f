import {
  to = vmfork_zstack_snapshot.before
  id = "6d3f9f0c1b7e4a52a2c6d1a0e5b4c3f2"
}
