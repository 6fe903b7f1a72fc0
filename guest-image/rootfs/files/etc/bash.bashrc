# Every interactive bash, the one inside `unshare` too: the prompt shows the hostname, which a UTS namespace changes.
case $- in *i*) ;; *) return ;; esac
# The mark (OSC 133;A, shell integration) says to whoever drives the terminal that a prompt begins.
PS1='\[\e]133;A\a\]\[\e[36m\]\h:\w\$\[\e[0m\] '
HISTCONTROL=ignoreboth
HISTSIZE=500
unset HISTFILE
shopt -s checkwinsize
alias ls='ls --color=auto' ll='ls -l --color=auto' grep='grep --color=auto' ip='ip -color=auto'
