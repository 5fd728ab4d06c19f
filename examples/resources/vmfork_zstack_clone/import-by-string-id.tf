import {
  to = vmfork_zstack_clone.web
  id = "20debd9bc9594d70b1ec81d7d31b29cc"
}
