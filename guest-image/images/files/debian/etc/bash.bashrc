case $- in *i*) ;; *) return ;; esac
PS1='\[\e]133;A\a\]\[\e[32m\]\h:\w\$\[\e[0m\] '
unset HISTFILE
shopt -s checkwinsize
alias ls='ls --color=auto' grep='grep --color=auto'
