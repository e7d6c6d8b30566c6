/**
 * What the wizard does more where JavaScript runs: Enter goes on to the next step, a step with a
 * wrong answer is not left unnoticed, and the step's heading takes the focus.
 */
export const script = `
const form=document.querySelector("form");
const shown=()=>form.querySelector(".step:target")??form.querySelector(".start");
const sound=(step)=>[...step.querySelectorAll("input,select,textarea")].every((field)=>field.reportValidity());
form.addEventListener("click",(event)=>{
if(event.target.closest(".next")&&!sound(shown()))event.preventDefault();
});
form.addEventListener("keydown",(event)=>{
if(event.key!=="Enter"||!/^(text|email|url|tel|password|number)$/.test(event.target.type))return;
event.preventDefault();
(shown().querySelector(".next")??shown().querySelector("[name=finish]")).click();
});
addEventListener("hashchange",()=>{scrollTo(0,0);shown()?.querySelector("h2").focus({preventScroll:true})});
`;
